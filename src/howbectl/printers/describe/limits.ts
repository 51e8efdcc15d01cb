import type { Whole } from "../../../api/object.js";
import { formatLabelSelector } from "../../../api/selectors/label-selector.js";
import { intOrStringValue } from "../../../api/values/int-or-string.js";
import type { LimitRange, LimitRangeItem } from "../../../gen/howbernetes/core/v1/limit_range.js";
import type { ResourceQuota } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { PodDisruptionBudget } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { Description } from "./description.js";

type Quantities = Readonly<Record<string, Quantity>>;

/** What scopes mean, for those who do not know them by heart. */
const scopeMeanings: Readonly<Record<string, string>> = {
  Terminating: "Counts pods that have an active deadline, which end by themselves.",
  NotTerminating: "Counts pods that have no active deadline.",
  BestEffort: "Counts pods that ask for no resources at all.",
  NotBestEffort: "Counts pods that ask for some resource.",
  PriorityClass: "Counts pods of certain priority classes.",
  CrossNamespacePodAffinity: "Counts pods whose affinity looks at other namespaces.",
};

/** Describes a ResourceQuota: of each resource what is used and what may be. */
export function describeResourceQuota(quota: Whole<ResourceQuota>, description: Description): void {
  description.field("Name", quota.metadata.name).field("Namespace", quota.metadata.namespace);
  if (quota.spec.scopes.length > 0) {
    const scopes = [...quota.spec.scopes].sort();
    description.field("Scopes", scopes.join(", ")).plain(scopes.flatMap((scope) => scopeMeanings[scope] ?? []).map((text) => ` * ${text}`));
  }
  description.cells(quotaTable(quota, ["--------", "----", "----"]));
}

/** A quota as a table of Resource, Used, Hard. */
export function quotaTable({ spec, status }: Whole<ResourceQuota>, dashes: readonly string[]): string[][] {
  const hard: Quantities = Object.keys(status.hard).length > 0 ? status.hard : spec.hard;
  const rows = Object.keys(hard)
    .sort()
    .map((name) => [name, status.used[name]?.string ?? "0", hard[name]?.string ?? "0"]);
  return [["Resource", "Used", "Hard"], [...dashes], ...rows];
}

const limitHeaders = ["Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio"];

/** Describes a LimitRange: a line for each type and resource. */
export function describeLimitRange(limitRange: Whole<LimitRange>, description: Description): void {
  description
    .field("Name", limitRange.metadata.name)
    .field("Namespace", limitRange.metadata.namespace)
    .cells(limitTable([limitRange]));
}

/** Limit ranges as one table. */
export function limitTable(limitRanges: readonly Whole<LimitRange>[]): string[][] {
  const rows = limitRanges.flatMap(({ spec }) => spec.limits.flatMap(limitRows));
  const dashes = limitHeaders.map((header) => "-".repeat(header.length));
  return [[...limitHeaders], dashes, ...rows];
}

function limitRows(item: LimitRangeItem): string[][] {
  const sets: readonly Quantities[] = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
  const names = [...new Set(sets.flatMap((set) => Object.keys(set)))].sort();
  return names.map((name) => [item.type ?? "", name, ...sets.map((set) => set[name]?.string ?? "-")]);
}

/** Describes a PodDisruptionBudget. */
export function describePodDisruptionBudget({ metadata, spec, status }: Whole<PodDisruptionBudget>, description: Description): void {
  description.field("Name", metadata.name).field("Namespace", metadata.namespace);
  if (spec.minAvailable !== undefined) description.field("Min available", String(intOrStringValue(spec.minAvailable)));
  else if (spec.maxUnavailable !== undefined) description.field("Max unavailable", String(intOrStringValue(spec.maxUnavailable)));
  description.field("Selector", formatLabelSelector(spec.selector) || "<unset>");
  description.block("Status", (body) =>
    body
      .field("  Allowed disruptions", String(status.disruptionsAllowed ?? 0))
      .field("  Current", String(status.currentHealthy ?? 0))
      .field("  Desired", String(status.desiredHealthy ?? 0))
      .field("  Total", String(status.expectedPods ?? 0)),
  );
}
