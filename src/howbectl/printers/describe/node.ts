import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import { podAmounts } from "../../../api/scheduling/pod-amounts.js";
import { type Amounts, sumAmounts } from "../../../api/values/amounts.js";
import { quantityNumber } from "../../../api/values/quantity.js";
import type { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Taint } from "../../../gen/howbernetes/core/v1/scheduling.js";
import { annotationCells, pairs, quantityBlock, timeCell } from "./cells.js";
import type { Description } from "./description.js";

/** What is told of a node besides itself. */
export interface NodeSurroundings {
  /** The pods bound to it. */
  readonly pods: readonly Whole<Pod>[];
  /** Its heartbeat; undefined before it has joined. */
  readonly lease: Whole<Lease> | undefined;
  readonly nowMs: number;
}

/** Describes a node and the pods on it that have not ended. */
export function describeNode(node: Whole<Node>, { pods, lease, nowMs }: NodeSurroundings, description: Description): void {
  const { metadata, spec, status } = node;
  description
    .field("Name", metadata.name)
    .field("Roles", rolesOf(node))
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(node))
    .field("CreationTimestamp", timeCell(metadata.creationTimestamp))
    .field("Taints", ...taintCells(spec.taints))
    .field("Unschedulable", String(spec.unschedulable === true));
  leaseBlock(lease, description);
  description
    .table(
      "Conditions",
      ["Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"],
      status.conditions.map((condition) => [
        // The blanks are kubectl's: a column is as much wider than its longest cell.
        `${condition.type ?? ""} `,
        `${condition.status ?? ""} `,
        `${timeCell(condition.lastHeartbeatTime)} `,
        `${timeCell(condition.lastTransitionTime)} `,
        `${condition.reason ?? ""} `,
        condition.message ?? "",
      ]),
    )
    .block("Addresses", (body) => status.addresses.forEach(({ type, address }) => void body.field(type ?? "", address ?? "")));
  quantityBlock(description, "Capacity", status.capacity);
  quantityBlock(description, "Allocatable", status.allocatable);
  systemInfoBlock(node, description);
  description.fieldIfAny("PodCIDR", spec.podCIDR);
  if (spec.podCIDRs.length > 0) description.field("PodCIDRs", spec.podCIDRs.join(","));
  description.fieldIfAny("ProviderID", spec.providerID);
  const running = pods.filter(({ status: { phase } }) => phase !== "Succeeded" && phase !== "Failed");
  podsTable(running, { allocatable: status.allocatable, nowMs }, description);
  allocatedTable(running, status.allocatable, description);
}

const rolePrefix = "node-role.kubernetes.io/";

function rolesOf({ metadata }: Whole<Node>): string {
  const roles = Object.keys(metadata.labels).filter((key) => key.startsWith(rolePrefix));
  return roles.length === 0 ? "<none>" : roles.map((key) => key.slice(rolePrefix.length)).join(",");
}

function leaseBlock(lease: Whole<Lease> | undefined, description: Description): void {
  if (lease === undefined) return;
  description.block("Lease", (body) =>
    body
      .field("HolderIdentity", lease.spec.holderIdentity ?? "<unset>")
      .field("AcquireTime", timeCell(lease.spec.acquireTime))
      .field("RenewTime", timeCell(lease.spec.renewTime)),
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

function taintCells(taints: readonly Taint[]): string[] {
  const byEffect = [...taints].sort((left, right) => (taintOrder(left) < taintOrder(right) ? -1 : 1));
  return byEffect.map(({ key, value, effect }) => `${key ?? ""}${value ? `=${value}` : ""}:${effect ?? ""}`);
}

const taintOrder = ({ key, value, effect }: Taint): string => [effect, key, value].join(",");

/** The column without a header is kubectl's. */
const podHeaders = ["Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age"];

function podsTable(
  pods: readonly Whole<Pod>[],
  node: { readonly allocatable: Amounts; readonly nowMs: number },
  description: Description,
): void {
  const rows = pods.map((pod) => {
    const [requests, limits] = [podAmounts(pod.spec, "requests"), podAmounts(pod.spec, "limits")];
    const cells = (["cpu", "memory"] as const).flatMap((name) => [
      shareCell(name, requests, node.allocatable),
      shareCell(name, limits, node.allocatable),
    ]);
    return [`  ${pod.metadata.namespace}`, pod.metadata.name, "", ...cells, ageCell(pod.metadata.creationTimestamp, node.nowMs)];
  });
  description.field("Non-terminated Pods", `(${pods.length} in total)`).cells([...headerRows(podHeaders), ...rows]);
}

/** Always shown, whether or not the node has any. */
const usualResources = ["cpu", "memory", "ephemeral-storage"] as const;
/** Not of pods' asking, but of their number. */
const uncounted: ReadonlySet<string> = new Set([...usualResources, "pods"]);

function allocatedTable(pods: readonly Whole<Pod>[], allocatable: Amounts, description: Description): void {
  const requests = sumAmounts(pods.map(({ spec }) => podAmounts(spec, "requests")));
  const limits = sumAmounts(pods.map(({ spec }) => podAmounts(spec, "limits")));
  const others = Object.keys(allocatable)
    .filter((name) => !uncounted.has(name))
    .sort();
  const rows = [...usualResources, ...others].map((name) => [
    `  ${name}`,
    shareCell(name, requests, allocatable),
    shareCell(name, limits, allocatable),
  ]);
  description
    .plain(["Allocated resources:", "  (Total limits may be over 100 percent, i.e., overcommitted.)"])
    .cells([...headerRows(["Resource", "Requests", "Limits"]), ...rows]);
}

function headerRows(headers: readonly string[]): string[][] {
  return [headers, headers.map((header) => "-".repeat(header.length))].map(([first = "", ...others]) => [`  ${first}`, ...others]);
}

/** "250m (12%)" of what the node has to give; what is no share of anything, as "1". */
function shareCell(name: string, amounts: Amounts, allocatable: Amounts): string {
  const whole = quantityNumber(allocatable[name]);
  const amount = amounts[name]?.string ?? "0";
  // Extended resources are counted, not shared out.
  if (name.includes("/")) return amount;
  return `${amount} (${whole === 0 ? 0 : Math.floor((quantityNumber(amounts[name]) / whole) * 100)}%)`;
}
