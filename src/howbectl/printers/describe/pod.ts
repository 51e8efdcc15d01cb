import { podStatusWord } from "../../../api/kinds/pod/status-word.js";
import type { Whole } from "../../../api/object.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ContainerState, ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import { annotationCells, boolCell, containerResources, containerSpec, controllerField, pairs, timeCell, tolerationCell } from "./cells.js";
import type { Description } from "./description.js";
import { volumesBlock } from "./volumes.js";

/** Describes a pod. */
export function describePod(pod: Whole<Pod>, description: Description): void {
  const { metadata, spec, status } = pod;
  const isBound = spec.nodeName !== undefined && spec.nodeName !== "";
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("Priority", String(spec.priority ?? 0))
    .fieldIfAny("Service Account", spec.serviceAccountName)
    .field("Node", isBound ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>");
  if (status.startTime !== undefined) description.field("Start Time", timeCell(status.startTime));
  description.field("Labels", ...pairs(metadata.labels)).field("Annotations", ...annotationCells(pod));
  if (metadata.deletionTimestamp === undefined) description.field("Status", podStatusWord(pod));
  else {
    description
      .field("Status", `Terminating (since ${timeCell(metadata.deletionTimestamp)})`)
      .field("Termination Grace Period", `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  }
  description
    .fieldIfAny("Reason", status.reason)
    .fieldIfAny("Message", status.message)
    .field("IP", status.podIP ?? "");
  if (status.podIPs.length === 0) description.field("IPs", "<none>");
  else description.block("IPs", (body) => status.podIPs.forEach(({ ip }) => void body.field("IP", ip ?? "")));
  controllerField(pod, description);
  if (spec.initContainers.length > 0) containersBlock(description, "Init Containers", spec.initContainers, status.initContainerStatuses);
  containersBlock(description, "Containers", spec.containers, status.containerStatuses);
  if (status.conditions.length > 0) {
    const rows = status.conditions.map(({ type, status: value }) => [`${type ?? ""} `, value ?? ""]);
    description.block("Conditions", (body) => body.cells([["Type", "Status"], ...rows]));
  }
  volumesBlock(description, spec.volumes);
  description
    .fieldIfAny("QoS Class", status.qosClass)
    .field("Node-Selectors", ...pairs(spec.nodeSelector))
    .field("Tolerations", ...spec.tolerations.map(tolerationCell));
}

function containersBlock(
  description: Description,
  label: string,
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
): void {
  description.block(label, (body) => {
    for (const container of containers) {
      const status = statuses.find(({ name }) => name === container.name);
      body.block(container.name ?? "", (inner) => describeContainer(inner, container, status));
    }
  });
}

function describeContainer(body: Description, container: Container, status: ContainerStatus | undefined): void {
  if (status !== undefined) body.field("Container ID", status.containerID ?? "");
  body.field("Image", container.image ?? "");
  if (status !== undefined) body.field("Image ID", status.imageID ?? "");
  containerSpec(body, container);
  if (status !== undefined) {
    stateBlock(body, "State", status.state);
    if (status.lastState?.terminated !== undefined) stateBlock(body, "Last State", status.lastState);
    body.field("Ready", boolCell(status.ready)).field("Restart Count", String(status.restartCount ?? 0));
  }
  containerResources(body, container);
}

function stateBlock(body: Description, label: string, state: ContainerState | undefined): void {
  if (state?.running !== undefined) {
    body.field(label, "Running").field("  Started", timeCell(state.running.startedAt));
  } else if (state?.terminated !== undefined) {
    const { terminated } = state;
    body.field(label, "Terminated").fieldIfAny("  Reason", terminated.reason).fieldIfAny("  Message", terminated.message);
    body.field("  Exit Code", String(terminated.exitCode ?? 0));
    if ((terminated.signal ?? 0) > 0) body.field("  Signal", String(terminated.signal));
    body.field("  Started", timeCell(terminated.startedAt)).field("  Finished", timeCell(terminated.finishedAt));
  } else {
    body.field(label, "Waiting").fieldIfAny("  Reason", state?.waiting?.reason).fieldIfAny("  Message", state?.waiting?.message);
  }
}
