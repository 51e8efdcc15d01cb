import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ResourceQuota } from "../../gen/howbernetes/core/v1/resource_quota.js";
import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { type Amounts, formatAmounts, pickAmounts, sumAmounts } from "../values/amounts.js";
import { compareQuantities, QuantitySum } from "../values/quantity.js";
import { hasScopes, isInScopes } from "./scopes.js";
import { computeUsage, isLimitOn, isPodKind, usageOf } from "./usage.js";
import type { UsageMeter } from "./usage-meter.js";

type Quota = Whole<ResourceQuota>;
type CountedKind = Pick<Kind, "group" | "plural" | "typeName">;

/** A new object, and what there is of its kind in its namespace. */
export interface Request {
  readonly kind: CountedKind;
  readonly object: Whole<ApiObject>;
  readonly nowMs: number;
}

/** What a container must say of itself where a quota limits it; a mistake that Kubernetes keeps for compatibility. */
const mustBeSaid: readonly string[] = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

/** Whether an object takes anything of a quota. */
export function countsAgainst(quota: Quota, { kind, object }: Pick<Request, "kind" | "object">): boolean {
  return Object.keys(quota.spec.hard).some((name) => isLimitOn(kind, name)) && isCounted(quota, { kind, object });
}

/** Objects of a kind, to be counted at a time. */
export interface Census {
  readonly kind: CountedKind;
  readonly objects: readonly Whole<ApiObject>[];
  readonly meter: UsageMeter;
  readonly nowMs: number;
}

/** What all objects of a kind together take of a quota. */
export function usedBy(quota: Quota, { kind, objects, meter, nowMs }: Census): Amounts {
  const sums = limitsOn(quota, kind).map((name) => [name, new QuantitySum()] as const);
  for (const object of objects) {
    if (!isCounted(quota, { kind, object })) continue;
    const usage = meter.measure(kind, object, nowMs);
    for (const [name, sum] of sums) {
      const quantity = usage.get(name);
      if (quantity !== undefined) sum.addExact(quantity);
    }
  }
  return Object.fromEntries(sums.map(([name, sum]) => [name, sum.quantity]));
}

/** Why an object that a quota counts does not say enough of itself, in Kubernetes' words; undefined if it does. */
export function omission(quota: Quota, { kind, object }: Request): string | undefined {
  if (!isPodKind(kind)) return undefined;
  const { containers, initContainers } = (object as unknown as Whole<Pod>).spec;
  const required = limitsOn(quota, kind).filter((name) => mustBeSaid.includes(name));
  const all = [...containers, ...initContainers];
  const missing = required.sort().flatMap((name) => {
    const silent = all.filter((container) => usageOfContainer(container)[name] === undefined).map(({ name: own = "" }) => own);
    return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent)].sort().join(",")}`];
  });
  return missing.length === 0 ? undefined : `failed quota: ${quota.metadata.name}: must specify ${missing.join("; ")}`;
}

/** Why an object does not fit beside what is `used`, in Kubernetes' words; undefined if it does. */
export function excess(quota: Quota, { kind, object, nowMs }: Request, used: Amounts): string | undefined {
  const { hard } = quota.spec;
  const usage = pickAmounts(usageOf(kind, object, nowMs), limitsOn(quota, kind));
  const requested = Object.fromEntries(Object.entries(usage).filter(([, quantity]) => compareQuantities(quantity, undefined) !== 0));
  const next = sumAmounts([used, requested]);
  const exceeded = Object.keys(requested).filter((name) => compareQuantities(next[name], hard[name]) > 0);
  if (exceeded.length === 0) return undefined;
  const shown = (amounts: Amounts): string => formatAmounts(pickAmounts(amounts, exceeded));
  return `exceeded quota: ${quota.metadata.name}, requested: ${shown(requested)}, used: ${shown(used)}, limited: ${shown(hard)}`;
}

/** Whether a quota that limits objects of this kind is about this one. */
function isCounted(quota: Quota, { kind, object }: Pick<Request, "kind" | "object">): boolean {
  if (!hasScopes(quota)) return true;
  return isPodKind(kind) && isInScopes(quota, object as unknown as Whole<Pod>);
}

function limitsOn({ spec }: Quota, kind: CountedKind): string[] {
  return Object.keys(spec.hard).filter((name) => isLimitOn(kind, name));
}

function usageOfContainer({ resources }: Container): Amounts {
  return computeUsage(resources?.requests ?? {}, resources?.limits ?? {});
}
