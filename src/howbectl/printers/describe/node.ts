import type { Whole } from "../../../api/object.js";
import { quantityNumber } from "../../../api/values/quantity.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import { annotationCells, pairs, quantityBlock, timeCell } from "./cells.js";
import type { Description } from "./description.js";

/** Describes a node and the pods on it that have not ended. */
export function describeNode(node: Whole<Node>, pods: readonly Whole<Pod>[], description: Description): void {
  const { metadata, spec, status } = node;
  description
    .field("Name", metadata.name)
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(node))
    .field("CreationTimestamp", timeCell(metadata.creationTimestamp))
    .field("Taints", ...spec.taints.map(({ key, value, effect }) => `${key ?? ""}${value ? `=${value}` : ""}:${effect ?? ""}`))
    .field("Unschedulable", String(spec.unschedulable === true))
    .table(
      "Conditions",
      ["Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"],
      status.conditions.map((condition) => [
        condition.type ?? "",
        condition.status ?? "",
        timeCell(condition.lastHeartbeatTime),
        timeCell(condition.lastTransitionTime),
        condition.reason ?? "",
        condition.message ?? "",
      ]),
    )
    .block("Addresses", (body) => status.addresses.forEach(({ type, address }) => void body.field(type ?? "", address ?? "")));
  quantityBlock(description, "Capacity", status.capacity);
  quantityBlock(description, "Allocatable", status.allocatable);
  systemInfoBlock(node, description);
  description.fieldIfAny("PodCIDR", spec.podCIDR);
  podsTable(
    pods.filter(({ status: { phase } }) => phase !== "Succeeded" && phase !== "Failed"),
    description,
  );
}

function systemInfoBlock({ status: { nodeInfo } }: Whole<Node>, description: Description): void {
  if (nodeInfo === undefined) return;
  description.block("System Info", (body) =>
    body
      .field("Machine ID", nodeInfo.machineID ?? "")
      .field("System UUID", nodeInfo.systemUUID ?? "")
      .field("Boot ID", nodeInfo.bootID ?? "")
      .field("Kernel Version", nodeInfo.kernelVersion ?? "")
      .field("OS Image", nodeInfo.osImage ?? "")
      .field("Operating System", nodeInfo.operatingSystem ?? "")
      .field("Architecture", nodeInfo.architecture ?? "")
      .field("Container Runtime Version", nodeInfo.containerRuntimeVersion ?? "")
      .field("Howbelet Version", nodeInfo.kubeletVersion ?? ""),
  );
}

function podsTable(pods: readonly Whole<Pod>[], description: Description): void {
  description.table(
    `Non-terminated Pods (${pods.length} in total)`,
    ["Namespace", "Name", "CPU Requests", "Memory Requests"],
    pods.map((pod) => [pod.metadata.namespace, pod.metadata.name, requested(pod, "cpu"), requested(pod, "memory")]),
  );
}

/** The sum over the pod's containers; CPU in thousandths. */
function requested(pod: Whole<Pod>, resource: "cpu" | "memory"): string {
  const sum = pod.spec.containers.reduce((total, container) => total + quantityNumber(container.resources?.requests[resource]), 0);
  return resource === "cpu" ? `${Math.round(sum * 1000)}m` : String(Math.round(sum));
}
