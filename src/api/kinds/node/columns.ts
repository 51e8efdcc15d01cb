import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Whole } from "../../object.js";
import { ageColumn, listCell, nameColumn, none, unknown } from "../cells.js";
import type { Column } from "../kind.js";

const rolePrefix = "node-role.kubernetes.io/";
const roleLabel = "kubernetes.io/role";

function statusCell({ spec, status }: Whole<Node>): string {
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const word = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return spec.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

function rolesCell({ metadata }: Whole<Node>): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels)) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) roles.add(key.slice(rolePrefix.length));
    else if (key === roleLabel && value !== "") roles.add(value);
  }
  return listCell([...roles].sort());
}

const addressCell =
  (wanted: string) =>
  ({ status }: Whole<Node>): string =>
    status.addresses.find(({ type }) => type === wanted)?.address || none;

/** What `get nodes` prints. */
export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  { name: "STATUS", cell: statusCell },
  { name: "ROLES", cell: rolesCell },
  ageColumn,
  { name: "VERSION", cell: ({ status }) => status.nodeInfo?.kubeletVersion ?? "" },
  { name: "INTERNAL-IP", wide: true, cell: addressCell("InternalIP") },
  { name: "EXTERNAL-IP", wide: true, cell: addressCell("ExternalIP") },
  { name: "OS-IMAGE", wide: true, cell: ({ status }) => status.nodeInfo?.osImage || unknown },
  { name: "KERNEL-VERSION", wide: true, cell: ({ status }) => status.nodeInfo?.kernelVersion || unknown },
  { name: "CONTAINER-RUNTIME", wide: true, cell: ({ status }) => status.nodeInfo?.containerRuntimeVersion || unknown },
];
