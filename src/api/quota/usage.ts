import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { qualifiedResource } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { podAmounts } from "../scheduling/pod-amounts.js";
import { isExtendedResource } from "../validation/resource-names.js";
import type { Amounts } from "../values/amounts.js";
import { timeToMs } from "../values/time.js";

type CountedKind = Pick<Kind, "group" | "plural" | "typeName">;

/** Kinds of the core group that quotas have always counted by their plain names. */
const plainCounts: readonly string[] = [
  "configmaps",
  "persistentvolumeclaims",
  "replicationcontrollers",
  "resourcequotas",
  "secrets",
  "services",
];

const computeResources: readonly string[] = ["cpu", "memory", "ephemeral-storage"];
const one = { string: "1" };

/** Whether objects are pods, which quotas weigh as well as count. */
export function isPodKind(kind: Pick<Kind, "typeName">): boolean {
  return kind.typeName === podKind.typeName;
}

/** What an object takes of every quota that it counts against. */
export function usageOf(kind: CountedKind, object: Whole<ApiObject>, nowMs: number): Amounts {
  const count = { [countName(kind)]: one };
  if (isPodKind(kind)) {
    const pod = object as unknown as Whole<Pod>;
    return isOver(pod, nowMs) ? count : { ...count, ...podUsage(pod) };
  }
  return isPlainCount(kind, kind.plural) ? { ...count, [kind.plural]: one } : count;
}

/** Whether objects of a kind take of what a quota limits under a name. */
export function isLimitOn(kind: CountedKind, name: string): boolean {
  return name === countName(kind) || isPlainCount(kind, name) || (isPodKind(kind) && isPodResource(name));
}

/** As "count/deployments.apps". */
function countName({ group, plural }: CountedKind): string {
  return `count/${qualifiedResource(group, plural)}`;
}

function isPlainCount({ group, plural }: CountedKind, name: string): boolean {
  return group === "" && name === plural && plainCounts.includes(name);
}

function isPodResource(name: string): boolean {
  const [, side, resource = name] = /^(requests|limits)\.(.+)$/.exec(name) ?? [];
  if (name === "pods" || computeResources.includes(resource)) return true;
  return side !== "limits" && (resource.startsWith("hugepages-") || (side === "requests" && isExtendedResource(resource)));
}

function podUsage({ spec }: Whole<Pod>): Amounts {
  return computeUsage(podAmounts(spec, "requests"), podAmounts(spec, "limits"));
}

/** What requests and limits take, under the names that quotas have for it. */
export function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const requested = Object.entries(requests).flatMap(([name, quantity]) => {
    const isPlain = computeResources.includes(name) || name.startsWith("hugepages-");
    if (!isPlain && !isExtendedResource(name)) return [];
    return [...(isPlain ? [[name, quantity] as const] : []), [`requests.${name}`, quantity] as const];
  });
  const limited = Object.entries(limits).filter(([name]) => computeResources.includes(name));
  return {
    pods: one,
    ...Object.fromEntries(requested),
    ...Object.fromEntries(limited.map(([name, quantity]) => [`limits.${name}`, quantity])),
  };
}

/** When a pod stops to count although it is still marked as running: undefined while nobody has deleted it. */
export function endOfGrace({ metadata }: Whole<Pod>): number | undefined {
  const deletedAt = timeToMs(metadata.deletionTimestamp);
  const graceSeconds = metadata.deletionGracePeriodSeconds;
  // As in Kubernetes, twice the grace: deletionTimestamp lies one ahead of the deletion already.
  return deletedAt === undefined || graceSeconds === undefined ? undefined : deletedAt + graceSeconds * 1_000;
}

/** A pod that has ended, or that should have long since (its node may be lost), takes nothing but its place. */
function isOver(pod: Whole<Pod>, nowMs: number): boolean {
  const { phase } = pod.status;
  return phase === "Succeeded" || phase === "Failed" || nowMs > (endOfGrace(pod) ?? Number.POSITIVE_INFINITY);
}
