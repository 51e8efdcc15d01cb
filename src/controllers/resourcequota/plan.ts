import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { countsAgainst, usedBy } from "../../api/quota/judge.js";
import { endOfGrace, isLimitOn, isPodKind } from "../../api/quota/usage.js";
import type { UsageMeter } from "../../api/quota/usage-meter.js";
import { pickAmounts, sumAmounts } from "../../api/values/amounts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ResourceQuota, ResourceQuotaStatus } from "../../gen/howbernetes/core/v1/resource_quota.js";

/** All objects of a kind in the quota's namespace. */
export interface Population {
  readonly kind: Kind;
  readonly objects: readonly Whole<ApiObject>[];
  readonly meter: UsageMeter;
}

/** What a quota's status should be. */
export interface QuotaPlan {
  readonly status: ResourceQuotaStatus;
  /** When to look again, as something will count no more without anything happening to it; undefined for never. */
  readonly lookAgainMs: number | undefined;
}

/** Counts what a quota limits. `populations` has the kinds that take of it. */
export function planQuotaStatus(quota: Whole<ResourceQuota>, populations: readonly Population[], nowMs: number): QuotaPlan {
  const names = Object.keys(quota.spec.hard);
  const zeros = Object.fromEntries(names.map((name) => [name, { string: "0" }]));
  const used = sumAmounts([zeros, ...populations.map((population) => usedBy(quota, { ...population, nowMs }))]);
  const status = { hard: { ...quota.spec.hard }, used: { ...pickAmounts(used, names) } };
  return { status, lookAgainMs: nextEnd(quota, populations, nowMs) };
}

/** Whether objects of a kind take anything of a quota. */
export function limitsKind(quota: Whole<ResourceQuota>, kind: Kind): boolean {
  return Object.keys(quota.spec.hard).some((name) => isLimitOn(kind, name));
}

/** When the first of the pods that are ending, and count still, should be gone. */
function nextEnd(quota: Whole<ResourceQuota>, populations: readonly Population[], nowMs: number): number | undefined {
  const pods = populations.filter(({ kind }) => isPodKind(kind));
  const ends = pods.flatMap(({ kind, objects }) =>
    objects
      .filter((object) => countsAgainst(quota, { kind, object }))
      .map((object) => endOfGrace(object as unknown as Whole<Pod>))
      .filter((end) => end !== undefined && end >= nowMs),
  ) as number[];
  return ends.length === 0 ? undefined : Math.min(...ends) - nowMs + 1;
}
