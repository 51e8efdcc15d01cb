import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import { quantityNumber } from "../../../api/values/quantity.js";
import type { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
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
    .field("Taints", ...spec.taints.map(({ key, value, effect }) => `${key ?? ""}${value ? `=${value}` : ""}:${effect ?? ""}`))
    .field("Unschedulable", String(spec.unschedulable === true));
  leaseBlock(lease, description);
  description
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

type Quantities = Readonly<Record<string, Quantity>>;

function podsTable(
  pods: readonly Whole<Pod>[],
  node: { readonly allocatable: Quantities; readonly nowMs: number },
  description: Description,
): void {
  description.table(
    `Non-terminated Pods (${pods.length} in total)`,
    ["Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age"],
    pods.map((pod) => [
      pod.metadata.namespace,
      pod.metadata.name,
      ...(["cpu", "memory"] as const).flatMap((resource) => shares([pod], resource, node.allocatable)),
      ageCell(pod.metadata.creationTimestamp, node.nowMs),
    ]),
  );
}

function allocatedTable(pods: readonly Whole<Pod>[], allocatable: Quantities, description: Description): void {
  const rows = (["cpu", "memory"] as const).map((resource) => [resource, ...shares(pods, resource, allocatable)]);
  description.table("Allocated resources", ["Resource", "Requests", "Limits"], rows);
}

/** Requests and limits of the pods' containers together, each as "250m (12%)" of what the node has to give. */
function shares(pods: readonly Whole<Pod>[], resource: "cpu" | "memory", allocatable: Quantities): [string, string] {
  const whole = quantityNumber(allocatable[resource]);
  const cell = (set: "requests" | "limits"): string => {
    const containers = pods.flatMap(({ spec }) => spec.containers);
    const sum = containers.reduce((total, { resources }) => total + quantityNumber(resources?.[set][resource]), 0);
    return `${amountCell(sum, resource)} (${whole === 0 ? 0 : Math.floor((sum / whole) * 100)}%)`;
  };
  return [cell("requests"), cell("limits")];
}

const mebibyte = 1024 * 1024;

/** CPU in thousandths unless whole, memory in Mi unless that would round. */
function amountCell(amount: number, resource: "cpu" | "memory"): string {
  if (resource === "cpu") return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
  return amount > 0 && amount % mebibyte === 0 ? `${amount / mebibyte}Mi` : String(Math.round(amount));
}
