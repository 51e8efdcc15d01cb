import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { containerResources, containerSpec, pairs, spreadCells, tolerationCells } from "./cells.js";
import { Description } from "./description.js";
import { volumesBlock } from "./volumes.js";

/** kubectl's: in a template, containers and volumes stand one column in, and not two. */
const margin = " ";

/** Adds the pod template of a workload. */
export function templateBlock(description: Description, template: PodTemplateSpec | undefined): void {
  const { metadata, spec } = template ?? {};
  description.block("Pod Template", (body) => {
    body.field("Labels", ...pairs(metadata?.labels ?? {}));
    const annotations = pairs(metadata?.annotations ?? {}, ": ");
    if (annotations.length > 0) body.field("Annotations", ...annotations);
    body.fieldIfAny("Service Account", spec?.serviceAccountName);
    if (spec !== undefined && spec.initContainers.length > 0) containersBlock(body, "Init Containers", spec.initContainers);
    containersBlock(body, "Containers", spec?.containers ?? []);
    volumesBlock(body, spec?.volumes ?? [], margin);
    spreadField(body, template);
    body.fieldIfAny("Priority Class Name", spec?.priorityClassName);
    body.field("Node-Selectors", ...pairs(spec?.nodeSelector ?? {}));
    body.field("Tolerations", ...tolerationCells(spec?.tolerations ?? []));
  });
}

/** A pod template as `rollout history --revision` prints it. */
export function podTemplateText(template: PodTemplateSpec): string {
  const description = new Description();
  templateBlock(description, template);
  return `${description.tabbedLines().join("\n")}\n`;
}

function containersBlock(body: Description, label: string, containers: readonly Container[]): void {
  body.block(
    label,
    (inner) => {
      for (const container of containers) inner.block(container.name ?? "", (fields) => containerFields(fields, container), margin);
    },
    margin,
  );
}

function containerFields(body: Description, container: Container): void {
  body.field("Image", container.image ?? "");
  containerSpec(body, container);
  containerResources(body, container);
}

function spreadField(body: Description, template: PodTemplateSpec | undefined): void {
  const cells = spreadCells(template?.spec?.topologySpreadConstraints ?? []);
  if (cells.length > 0) body.field("Topology Spread Constraints", ...cells);
}
