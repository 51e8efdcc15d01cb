import type { Whole } from "../../../api/object.js";
import type { LimitRange } from "../../../gen/howbernetes/core/v1/limit_range.js";
import type { Namespace } from "../../../gen/howbernetes/core/v1/namespace.js";
import type { ResourceQuota } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import { annotationCells, pairs, timeCell } from "./cells.js";
import type { Description } from "./description.js";
import { limitTable, quotaTable } from "./limits.js";

/** What bounds the use of a namespace. */
export interface NamespaceBounds {
  readonly quotas: readonly Whole<ResourceQuota>[];
  readonly limitRanges: readonly Whole<LimitRange>[];
}

/** Describes a namespace, its quotas and its limits. */
export function describeNamespace(namespace: Whole<Namespace>, { quotas, limitRanges }: NamespaceBounds, description: Description): void {
  const { metadata, status } = namespace;
  description
    .field("Name", metadata.name)
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(namespace))
    .field("Status", status.phase ?? "");
  if (status.conditions.length > 0) {
    description.table(
      "Conditions",
      ["Type", "Status", "LastTransitionTime", "Reason", "Message"],
      status.conditions.map(({ type, status: value, lastTransitionTime, reason, message }) => [
        type ?? "",
        value ?? "",
        timeCell(lastTransitionTime),
        reason ?? "",
        message ?? "",
      ]),
    );
  }
  const indented = (margin: string, rows: readonly string[][]): string[][] =>
    rows.map(([first = "", ...others]) => [margin + first, ...others]);
  if (quotas.length === 0) description.plain(["", "No resource quota."]);
  else description.plain(["", "Resource Quotas"]);
  for (const quota of quotas) {
    description.cells(indented("  ", [["Name:", quota.metadata.name], ...quotaTable(quota, ["--------", "---", "---"])]));
  }
  if (limitRanges.length === 0) description.plain(["", "No LimitRange resource."]);
  else description.plain(["", "Resource Limits"]).cells(indented(" ", limitTable(limitRanges)));
}
