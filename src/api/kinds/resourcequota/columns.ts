import type { ResourceQuota } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import type { Whole } from "../../object.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

const isLimit = (resource: string): boolean => resource.startsWith("limits.");

/** As "pods: 3/10, requests.cpu: 500m/2": what is used of what there is, for the resources chosen. */
function usageCell({ status: { hard, used } }: Whole<ResourceQuota>, isShown: (resource: string) => boolean): string {
  const shown = Object.keys(hard).filter(isShown).sort();
  return shown.map((resource) => `${resource}: ${used[resource]?.string ?? "0"}/${hard[resource]?.string ?? "0"}`).join(", ");
}

/** What `get resourcequotas` prints. */
export const resourceQuotaColumns: readonly Column<ResourceQuota>[] = [
  nameColumn,
  { name: "REQUEST", cell: (quota) => usageCell(quota, (resource) => !isLimit(resource)) },
  { name: "LIMIT", cell: (quota) => usageCell(quota, isLimit) },
  ageColumn,
];
