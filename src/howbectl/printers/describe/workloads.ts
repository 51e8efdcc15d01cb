import type { Whole } from "../../../api/object.js";
import { formatLabelSelector } from "../../../api/selectors/label-selector.js";
import type { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { IntOrString } from "../../../gen/howbernetes/meta/v1/values.js";
import { isSameTemplate } from "../../rollouts/pod-template.js";
import { annotationCells, conditionsTable, controllerField, pairs, podPhasesCell, timeCell } from "./cells.js";
import type { Description } from "./description.js";
import { templateBlock } from "./pod-template.js";

/** Describes a ReplicaSet and counts its pods. */
export function describeReplicaSet(replicaSet: Whole<ReplicaSet>, pods: readonly Whole<Pod>[], description: Description): void {
  const { metadata, spec, status } = replicaSet;
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("Selector", formatLabelSelector(spec.selector))
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(replicaSet));
  controllerField(replicaSet, description);
  description.field("Replicas", `${status.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
  description.field("Pods Status", podPhasesCell(pods));
  templateBlock(description, spec.template);
  conditionsTable(status.conditions, description);
}

/** Describes a Deployment and names its ReplicaSets, the one of the present template apart. */
export function describeDeployment(deployment: Whole<Deployment>, owned: readonly Whole<ReplicaSet>[], description: Description): void {
  const { metadata, spec, status } = deployment;
  const counts = [
    `${spec.replicas ?? 1} desired`,
    `${status.updatedReplicas ?? 0} updated`,
    `${status.replicas ?? 0} total`,
    `${status.availableReplicas ?? 0} available`,
    `${status.unavailableReplicas ?? 0} unavailable`,
  ];
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("CreationTimestamp", timeCell(metadata.creationTimestamp))
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(deployment))
    .field("Selector", formatLabelSelector(spec.selector))
    .field("Replicas", counts.join(" | "))
    .field("StrategyType", spec.strategy?.type ?? "")
    .field("MinReadySeconds", String(spec.minReadySeconds ?? 0));
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined) {
    const text = `${intOrStringCell(rolling.maxUnavailable)} max unavailable, ${intOrStringCell(rolling.maxSurge)} max surge`;
    description.field("RollingUpdateStrategy", text);
  }
  templateBlock(description, spec.template);
  conditionsTable(status.conditions, description);
  if (owned.length === 0) return;
  const isNew = ({ spec: { template } }: Whole<ReplicaSet>): boolean => isSameTemplate(template, spec.template);
  description
    .field("OldReplicaSets", replicaSetsCell(owned.filter((replicaSet) => !isNew(replicaSet))))
    .field("NewReplicaSet", replicaSetsCell(owned.filter(isNew)));
}

function intOrStringCell(value: IntOrString | undefined): string {
  return value?.type === 1 ? (value.strVal ?? "") : String(value?.intVal ?? 0);
}

function replicaSetsCell(replicaSets: readonly Whole<ReplicaSet>[]): string {
  const cells = replicaSets.map(
    ({ metadata, spec, status }) => `${metadata.name} (${status.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`,
  );
  return cells.length === 0 ? "<none>" : cells.join(", ");
}
