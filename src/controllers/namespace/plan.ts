import type { ApiObject, Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Namespace, NamespaceCondition } from "../../gen/howbernetes/core/v1/namespace.js";

/** What holds a namespace until it is empty. */
export const namespaceFinalizer = "kubernetes";

/** What is left of one kind in a namespace. */
export interface Remainder {
  /** As "pods" or "deployments.apps". */
  readonly resource: string;
  readonly objects: readonly Whole<ApiObject>[];
}

/** Whether a namespace is being deleted and waits to be emptied. */
export function isEmptying({ metadata, spec }: Whole<Namespace>): boolean {
  return metadata.deletionTimestamp !== undefined && spec.finalizers.includes(namespaceFinalizer);
}

/** The conditions by which a namespace says what it still waits for. */
export function remainderConditions(
  { status }: Whole<Namespace>,
  remainders: readonly Remainder[],
  nowMs: number,
): readonly NamespaceCondition[] {
  const left = remainders.filter(({ objects }) => objects.length > 0);
  const counts = left.map(({ resource, objects }) => `${resource} has ${objects.length} resource instances`);
  const finalizers = countFinalizers(left);
  const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  const content: Saying =
    left.length > 0
      ? { status: "True", reason: "SomeResourcesRemain", message: `Some resources are remaining: ${counts.join(", ")}` }
      : { status: "False", reason: "ContentRemoved", message: "All content successfully removed" };
  const finalizing: Saying =
    finalizers.size > 0
      ? {
          status: "True",
          reason: "SomeFinalizersRemain",
          message: `Some content in the namespace has finalizers remaining: ${held.join(", ")}`,
        }
      : { status: "False", reason: "ContentHasNoFinalizers", message: "All content-preserving finalizers finished" };
  const said = new Map([
    ["NamespaceContentRemaining", content],
    ["NamespaceFinalizersRemaining", finalizing],
  ]);
  const others = status.conditions.filter(({ type }) => !said.has(type ?? ""));
  return [...others, ...[...said].map(([type, saying]) => condition(status.conditions, type, saying, nowMs))];
}

interface Saying {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function countFinalizers(remainders: readonly Remainder[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finalizer of remainders.flatMap(({ objects }) => objects).flatMap(({ metadata }) => metadata.finalizers)) {
    counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  return counts;
}

function condition(before: readonly NamespaceCondition[], type: string, saying: Saying, nowMs: number): NamespaceCondition {
  const present = before.find((each) => each.type === type);
  const lastTransitionTime = present?.status === saying.status ? present.lastTransitionTime : timeFromMs(nowMs);
  return { type, ...saying, lastTransitionTime };
}
