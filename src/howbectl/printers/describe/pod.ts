import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ContainerState, ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import {
  annotationCells,
  boolCell,
  containerResources,
  containerSpec,
  controllerField,
  pairs,
  seccompFields,
  spreadCells,
  timeCell,
  tolerationCells,
} from "./cells.js";
import type { Description } from "./description.js";
import { volumesBlock } from "./volumes.js";

/** Describes a pod. */
export function describePod(pod: Whole<Pod>, nowMs: number, description: Description): void {
  const { metadata, spec, status } = pod;
  const isBound = spec.nodeName !== undefined && spec.nodeName !== "";
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .fieldIfAny("Priority", spec.priority === undefined ? undefined : String(spec.priority))
    .fieldIfAny("Priority Class Name", spec.priorityClassName)
    .fieldIfAny("Runtime Class Name", spec.runtimeClassName)
    .fieldIfAny("Service Account", spec.serviceAccountName)
    .field("Node", isBound ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>");
  if (status.startTime !== undefined) description.field("Start Time", timeCell(status.startTime));
  description.field("Labels", ...pairs(metadata.labels)).field("Annotations", ...annotationCells(pod));
  const hasEnded = status.phase === "Succeeded" || status.phase === "Failed";
  if (metadata.deletionTimestamp === undefined || hasEnded) description.field("Status", status.phase ?? "");
  else {
    description
      .field("Status", `Terminating (lasts ${ageCell(metadata.deletionTimestamp, nowMs)})`)
      .field("Termination Grace Period", `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  }
  description.fieldIfAny("Reason", status.reason).fieldIfAny("Message", status.message);
  seccompFields(description, spec.securityContext?.seccompProfile);
  description.field("IP", status.podIP ?? "");
  if (status.podIPs.length === 0) description.field("IPs", "<none>");
  else description.block("IPs", (body) => status.podIPs.forEach(({ ip }) => void body.field("IP", ip ?? "")));
  controllerField(pod, description);
  description.fieldIfAny("NominatedNodeName", status.nominatedNodeName);
  containersBlocks(pod, description);
  readinessGatesTable(pod, description);
  if (status.conditions.length > 0) {
    const rows = status.conditions.map(({ type, status: value }) => [`${type ?? ""} `, value ?? ""]);
    description.block("Conditions", (body) => body.cells([["Type", "Status"], ...rows]));
  }
  volumesBlock(description, spec.volumes);
  description
    .fieldIfAny("QoS Class", status.qosClass)
    .field("Node-Selectors", ...pairs(spec.nodeSelector))
    .field("Tolerations", ...tolerationCells(spec.tolerations));
  const spread = spreadCells(spec.topologySpreadConstraints);
  if (spread.length > 0) description.field("Topology Spread Constraints", ...spread);
}

function containersBlocks(pod: Whole<Pod>, description: Description): void {
  const { spec, status } = pod;
  const ephemeral = spec.ephemeralContainers.flatMap(({ ephemeralContainerCommon }) => ephemeralContainerCommon ?? []);
  const lists: readonly ContainerList[] = [
    { label: "Init Containers", containers: spec.initContainers, statuses: status.initContainerStatuses },
    { label: "Containers", containers: spec.containers, statuses: status.containerStatuses },
    { label: "Ephemeral Containers", containers: ephemeral, statuses: status.ephemeralContainerStatuses },
  ];
  for (const list of lists) containersBlock(pod, list, description);
}

/** A list of a pod's containers and what is known of them. */
interface ContainerList {
  readonly label: string;
  readonly containers: readonly Container[];
  readonly statuses: readonly ContainerStatus[];
}

function containersBlock(pod: Whole<Pod>, { label, containers, statuses }: ContainerList, description: Description): void {
  if (containers.length === 0) return;
  description.block(label, (body) => {
    for (const container of containers) {
      const status = statuses.find(({ name }) => name === container.name);
      body.block(container.name ?? "", (inner) => describeContainer(pod, container, status, inner));
    }
  });
}

function describeContainer(pod: Whole<Pod>, container: Container, status: ContainerStatus | undefined, body: Description): void {
  if (status !== undefined) body.field("Container ID", status.containerID ?? "");
  body.field("Image", container.image ?? "");
  if (status !== undefined) body.field("Image ID", status.imageID ?? "");
  containerSpec(body, container);
  if (status !== undefined) {
    stateBlock(body, "State", status.state);
    if (status.lastState?.terminated !== undefined) stateBlock(body, "Last State", status.lastState);
    body.field("Ready", boolCell(status.ready)).field("Restart Count", String(status.restartCount ?? 0));
  }
  containerResources(body, container, pod);
}

function readinessGatesTable({ spec, status }: Whole<Pod>, description: Description): void {
  if (spec.readinessGates.length === 0) return;
  const rows = spec.readinessGates.map(({ conditionType = "" }) => [
    `${conditionType} `,
    status.conditions.find(({ type }) => type === conditionType)?.status ?? "<none>",
  ]);
  description.block("Readiness Gates", (body) => body.cells([["Type", "Status"], ...rows]));
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
