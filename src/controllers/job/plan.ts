import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { inDeletionOrder } from "../pods/deletion-order.js";
import { type Failures, remainingBackoffMs } from "./failure-backoff.js";
import { IndexSet } from "./index-set.js";
import { earlierFailures, finishedAtMs, indexOf, isIndexed, isSuspended, replacesOnlyFailed } from "./pod-facts.js";
import { type IndexView, indexesOf, type JobView } from "./view.js";

/** A pod to be made. */
export interface Birth {
  /** Of an Indexed Job. */
  readonly index: number | undefined;
  /** The failed pod whose work it takes up; known with backoffLimitPerIndex only. */
  readonly replaces: Whole<Pod> | undefined;
}

/** What to do about a Job's pods. Of `remove` and `create` one is empty. */
export interface PodPlan {
  /** Pods to delete without counting them, in this order. */
  readonly remove: readonly Whole<Pod>[];
  readonly create: readonly Birth[];
  /** When to look again, for a failure's backoff to be over. */
  readonly waitMs?: number;
}

const nothing: PodPlan = { remove: [], create: [] };

/** Compares the pods of a Job that goes on with those that it should have. */
export function planPods(view: JobView, failures: Failures): PodPlan {
  const { job, active, terminating } = view;
  if (job.metadata.deletionTimestamp !== undefined) return nothing;
  if (isSuspended(job)) return { ...nothing, remove: active };

  const wanted = wantedActive(view);
  const remove = planRemoval(view, active.length - wanted);
  if (remove.length > 0) return { ...nothing, remove };

  const missing = wanted - active.length - (replacesOnlyFailed(job) ? terminating.length : 0);
  if (missing <= 0) return nothing;
  return view.indexes?.failed === undefined ? planCreation(view, failures, missing) : planIndependentIndexes(view, view.indexes, missing);
}

/** No more pods than successes are missing. Where any one is enough, none is made after it. */
function wantedActive({ job, active, succeeded }: JobView): number {
  const { parallelism = 1, completions } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** Pods without a place of their own go, then those that are the least loss. */
function planRemoval({ job, active }: JobView, surplus: number): readonly Whole<Pod>[] {
  const misplaced = isIndexed(job) ? misplacedOf(job, active) : [];
  const rest = inDeletionOrder(active.filter((pod) => !misplaced.includes(pod)));
  return [...misplaced, ...rest.slice(0, Math.max(0, surplus - misplaced.length))];
}

/** Pods whose index the Job does not have, and all but the best of each index. */
function misplacedOf(job: JobView["job"], active: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
  const best = new Map<number, Whole<Pod>>();
  for (const pod of inDeletionOrder(active)) {
    const index = indexOf(job, pod);
    if (index !== undefined) best.set(index, pod);
  }
  const kept = new Set(best.values());
  return active.filter((pod) => !kept.has(pod));
}

function planCreation(view: JobView, failures: Failures, missing: number): PodPlan {
  const waitMs = remainingBackoffMs(failures, view.nowMs);
  if (waitMs > 0) return { ...nothing, waitMs };
  if (view.indexes === undefined) {
    return { ...nothing, create: Array.from({ length: missing }, () => ({ index: undefined, replaces: undefined })) };
  }
  const indexes = takenIndexes(view, view.indexes).lowestMissing(missing, view.job.spec.completions ?? 0);
  return { ...nothing, create: indexes.map((index) => ({ index, replaces: undefined })) };
}

/** With backoffLimitPerIndex each index waits for its own backoff only, and holds up no other. */
function planIndependentIndexes(view: JobView, indexes: IndexView, missing: number): PodPlan {
  const waits = new Map<number, number>();
  for (const [index, pod] of indexes.lastFailed) {
    const { counted, ignored } = earlierFailures(pod);
    const waitMs = remainingBackoffMs({ count: counted + ignored + 1, lastMs: finishedAtMs(pod) }, view.nowMs);
    if (waitMs > 0) waits.set(index, waitMs);
  }
  const taken = takenIndexes(view, indexes).union(IndexSet.of(waits.keys()));
  const create = taken
    .lowestMissing(missing, view.job.spec.completions ?? 0)
    .map((index) => ({ index, replaces: indexes.lastFailed.get(index) }));
  return { ...nothing, create, ...(waits.size === 0 ? {} : { waitMs: Math.min(...waits.values()) }) };
}

function takenIndexes({ job, active, terminating }: JobView, { succeeded, failed = IndexSet.empty }: IndexView): IndexSet {
  const going = replacesOnlyFailed(job) ? terminating : [];
  return succeeded.union(failed).union(indexesOf(job, [...active, ...going]));
}
