import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Namespace, NamespaceCondition } from "../../gen/howbernetes/core/v1/namespace.js";

/** What holds a namespace until it is empty. */
export const namespaceFinalizer = "kubernetes";

/** What is left of one kind in a namespace. */
export interface Remainder {
  readonly kind: Kind;
  readonly objects: readonly Whole<ApiObject>[];
}

/** What came of emptying a namespace, as far as that went. */
export interface Emptying {
  readonly remainders: readonly Remainder[];
  /** For people: what could not be deleted, and why. */
  readonly failures: readonly string[];
}

/** Whether a namespace is being deleted and waits to be emptied. */
export function isEmptying({ metadata, spec }: Whole<Namespace>): boolean {
  return metadata.deletionTimestamp !== undefined && spec.finalizers.includes(namespaceFinalizer);
}

/** The conditions by which a namespace says what it still waits for: Kubernetes' five, in its words. */
export function emptyingConditions({ status }: Whole<Namespace>, emptying: Emptying, nowMs: number): readonly NamespaceCondition[] {
  const sayings = sayingsOf(emptying);
  const others = status.conditions.filter(({ type }) => sayings.every((saying) => saying.type !== type));
  return [...others, ...sayings.map((saying) => condition(status.conditions, saying, nowMs))];
}

interface Saying {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

function sayingsOf({ remainders, failures }: Emptying): readonly Saying[] {
  const left = remainders.filter(({ objects }) => objects.length > 0);
  return [
    // The kinds that there are, are known: these two are for those who look for them.
    { type: "NamespaceDeletionDiscoveryFailure", ...good("ResourcesDiscovered", "All resources successfully discovered") },
    { type: "NamespaceDeletionGroupVersionParsingFailure", ...good("ParsedGroupVersions", "All legacy kube types successfully parsed") },
    { type: "NamespaceDeletionContentFailure", ...failureSaying(failures) },
    { type: "NamespaceContentRemaining", ...contentSaying(left) },
    { type: "NamespaceFinalizersRemaining", ...finalizerSaying(left) },
  ];
}

const good = (reason: string, message: string) => ({ status: "False" as const, reason, message });
const bad = (reason: string, message: string) => ({ status: "True" as const, reason, message });

function failureSaying(failures: readonly string[]): Omit<Saying, "type"> {
  if (failures.length === 0) return good("ContentDeleted", "All content successfully deleted, may be waiting on finalization");
  const message = `Failed to delete all resource types, ${failures.length} remaining: ${failures.toSorted().join(", ")}`;
  return bad("ContentDeletionFailed", message);
}

function contentSaying(left: readonly Remainder[]): Omit<Saying, "type"> {
  if (left.length === 0) return good("ContentRemoved", "All content successfully removed");
  const counts = left.map(({ kind, objects }) => `${resourceOf(kind)} has ${objects.length} resource instances`);
  return bad("SomeResourcesRemain", `Some resources are remaining: ${counts.toSorted().join(", ")}`);
}

/** Kubernetes' spelling: "deployments.apps", and of the group without a name "pods.". */
export function resourceOf({ plural, group }: Kind): string {
  return `${plural}.${group}`;
}

function finalizerSaying(left: readonly Remainder[]): Omit<Saying, "type"> {
  const counts = countFinalizers(left);
  if (counts.size === 0) return good("ContentHasNoFinalizers", "All content-preserving finalizers finished");
  const held = [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return bad("SomeFinalizersRemain", `Some content in the namespace has finalizers remaining: ${held.toSorted().join(", ")}`);
}

function countFinalizers(remainders: readonly Remainder[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finalizer of remainders.flatMap(({ objects }) => objects).flatMap(({ metadata }) => metadata.finalizers)) {
    counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  return counts;
}

function condition(before: readonly NamespaceCondition[], saying: Saying, nowMs: number): NamespaceCondition {
  const present = before.find(({ type }) => type === saying.type);
  const lastTransitionTime = present?.status === saying.status ? present.lastTransitionTime : timeFromMs(nowMs);
  return { ...saying, lastTransitionTime };
}
