import type { LimitRange, LimitRangeItem } from "../../../gen/howbernetes/core/v1/limit_range.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { Whole } from "../../object.js";

/** Fills in what containers get by default, as far as it follows from what they may at most and at least have. */
export function applyLimitRangeDefaults({ spec }: Whole<LimitRange>): void {
  for (const item of spec.limits) if (item.type === "Container") applyContainerDefaults(item);
}

function applyContainerDefaults({ min, max, default: limits, defaultRequest: requests }: LimitRangeItem): void {
  addMissing(limits, max);
  addMissing(requests, limits);
  addMissing(requests, min);
}

function addMissing(to: { [name: string]: Quantity }, from: Readonly<Record<string, Quantity>>): void {
  for (const [name, quantity] of Object.entries(from)) to[name] ??= { ...quantity };
}
