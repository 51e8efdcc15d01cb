import type { Whole } from "../../api/object.js";
import { isExtendedResource } from "../../api/validation/resource-names.js";
import type { Amounts } from "../../api/values/amounts.js";
import type { ReportRequest_NodeReport } from "../../gen/howbernetes/api/v1/nodes.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import { mergeConditions } from "./conditions.js";

// What a machine may say of itself; other labels steer workloads and are for administrators.
const ownLabels: ReadonlySet<string> = new Set(["kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"]);
const ownLabelPrefix = "node.kubernetes.io/";

/**
 * Applies to a draft of the Node what its machine reports: conditions by type, capacity (but for resources that it knows
 * nothing of), addresses, system information and images, and the labels that describe a machine.
 */
export function mergeNodeReport(draft: Whole<Node>, { status, labels }: ReportRequest_NodeReport, nowMs: number): void {
  for (const [label, value] of Object.entries(labels)) {
    if (ownLabels.has(label) || label.startsWith(ownLabelPrefix)) draft.metadata.labels[label] = value;
  }
  if (status === undefined) return;
  const { capacity, allocatable, addresses, nodeInfo, images, daemonEndpoints } = status;
  draft.status = {
    ...draft.status,
    capacity: { ...extendedOf(draft.status.capacity), ...capacity },
    allocatable: { ...extendedOf(draft.status.allocatable), ...allocatable },
    addresses,
    images,
    nodeInfo: nodeInfo ?? draft.status.nodeInfo,
    daemonEndpoints: daemonEndpoints ?? draft.status.daemonEndpoints,
    conditions: mergeConditions(draft.status.conditions, status.conditions, nowMs),
  };
}

/** Resources that an administrator has said the node has: machines know nothing of them. */
function extendedOf(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => isExtendedResource(name)));
}

/** Whether a Node shows other statuses than its machine last reported: someone else (a controller) has judged it since. */
export function differsFromReport(node: Whole<Node>, { status }: ReportRequest_NodeReport): boolean {
  const shown = new Map(node.status.conditions.map((condition) => [condition.type, condition.status]));
  return (status?.conditions ?? []).some((condition) => shown.get(condition.type) !== condition.status);
}
