import type { Whole } from "../../api/object.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive, isFinished, isTerminating } from "../pod-state.js";
import { judgeFailure } from "./failure-policy.js";
import { IndexSet } from "./index-set.js";
import { earlierFailures, finishedAtMs, hasFailed, indexOf, isIndexed, isTracked } from "./pod-facts.js";

/** What the caches do not show yet of our own writes. */
export interface Unseen {
  /** Pods that we have deleted, by uid. */
  readonly doomed: ReadonlySet<string>;
  /** Pods that we have taken the finalizer from, by uid. */
  readonly released: ReadonlySet<string>;
}

/** An Indexed Job's indexes. */
export interface IndexView {
  /** Those of which a pod has succeeded, whether the status says so yet or not. */
  readonly succeeded: IndexSet;
  /** With backoffLimitPerIndex, those that are not tried again. */
  readonly failed: IndexSet | undefined;
  /** With backoffLimitPerIndex, the last failed pod of each index that is to be tried again: it knows how often that was. */
  readonly lastFailed: ReadonlyMap<number, Whole<Pod>>;
}

/** A Job and its pods, as one consistent picture to plan from. */
export interface JobView {
  readonly job: Whole<Job>;
  readonly nowMs: number;
  /** Whose finalizer is still there. */
  readonly tracked: readonly Whole<Pod>[];
  /** Pods that neither have ended nor been told to go. */
  readonly active: readonly Whole<Pod>[];
  /** Pods that have been told to go and have not ended. */
  readonly terminating: readonly Whole<Pod>[];
  /** Pods that succeeded, and failed, of which the status knows nothing yet. */
  readonly newSucceeded: readonly Whole<Pod>[];
  readonly newFailed: readonly Whole<Pod>[];
  /** How many have succeeded, and failed, those included that the status does not count yet. */
  readonly succeeded: number;
  readonly failed: number;
  readonly indexes: IndexView | undefined;
}

/** Sorts the pods that a Job controls. */
export function viewJob(job: Whole<Job>, pods: readonly Whole<Pod>[], { doomed, released }: Unseen, nowMs: number): JobView {
  const { spec, status } = job;
  const isDoomed = ({ metadata }: Whole<Pod>): boolean => doomed.has(metadata.uid);
  const tracked = pods.filter((pod) => isTracked(pod) && !released.has(pod.metadata.uid));
  const active = pods.filter((pod) => isActive(pod) && !isDoomed(pod));
  const terminating = pods.filter((pod) => !isFinished(pod) && (isTerminating(pod) || isDoomed(pod)));

  const uncounted = status.uncountedTerminatedPods ?? { succeeded: [], failed: [] };
  const known = new Set([...uncounted.succeeded, ...uncounted.failed]);
  const eligible = tracked.filter((pod) => !known.has(pod.metadata.uid) && (!isIndexed(job) || indexOf(job, pod) !== undefined));
  const newSucceeded = eligible.filter((pod) => pod.status.phase === "Succeeded");
  const newFailed = eligible.filter((pod) => hasFailed(job, pod));
  const newCounted = newFailed.filter((pod) => judgeFailure(spec.podFailurePolicy, pod).action !== "Ignore");

  const indexes = isIndexed(job) ? viewIndexes(job, tracked, active) : undefined;
  const succeeded = (status.succeeded ?? 0) + newSucceeded.length + uncounted.succeeded.length;
  return {
    job,
    nowMs,
    tracked,
    active,
    terminating,
    newSucceeded,
    newFailed,
    succeeded: indexes?.succeeded.size ?? succeeded,
    failed: (status.failed ?? 0) + newCounted.length + uncounted.failed.length,
    indexes,
  };
}

/** The indexes of some pods. */
export function indexesOf(job: Whole<Job>, pods: readonly Whole<Pod>[]): IndexSet {
  return IndexSet.of(pods.map((pod) => indexOf(job, pod)).filter((index) => index !== undefined));
}

function viewIndexes(job: Whole<Job>, tracked: readonly Whole<Pod>[], active: readonly Whole<Pod>[]): IndexView {
  const { spec, status } = job;
  const completions = spec.completions ?? 0;
  const succeededPods = tracked.filter((pod) => pod.status.phase === "Succeeded");
  const succeeded = IndexSet.parse(status.completedIndexes ?? "", completions).union(indexesOf(job, succeededPods));
  if (spec.backoffLimitPerIndex === undefined) return { succeeded, failed: undefined, lastFailed: new Map() };

  const failedPods = tracked.filter((pod) => hasFailed(job, pod));
  const spent = failedPods.filter((pod) => hasSpentIndex(job, pod));
  const failed = IndexSet.parse(status.failedIndexes ?? "", completions).union(indexesOf(job, spent));
  const settled = succeeded.union(failed).union(indexesOf(job, active));
  return { succeeded, failed, lastFailed: lastOfEach(job, failedPods, settled) };
}

/** Whether a failed pod was the last try of its index. */
function hasSpentIndex({ spec }: Whole<Job>, pod: Whole<Pod>): boolean {
  const { action } = judgeFailure(spec.podFailurePolicy, pod);
  if (action === "FailIndex") return true;
  return action !== "Ignore" && earlierFailures(pod).counted >= (spec.backoffLimitPerIndex ?? 0);
}

function lastOfEach(job: Whole<Job>, failedPods: readonly Whole<Pod>[], settled: IndexSet): ReadonlyMap<number, Whole<Pod>> {
  const last = new Map<number, Whole<Pod>>();
  for (const pod of failedPods) {
    const index = indexOf(job, pod);
    if (index === undefined || settled.has(index)) continue;
    const present = last.get(index);
    if (present === undefined || isLater(pod, present)) last.set(index, pod);
  }
  return last;
}

function isLater(pod: Whole<Pod>, than: Whole<Pod>): boolean {
  const triesOf = (each: Whole<Pod>): number => earlierFailures(each).counted + earlierFailures(each).ignored;
  const difference = triesOf(pod) - triesOf(than);
  return difference > 0 || (difference === 0 && finishedAtMs(pod) > finishedAtMs(than));
}
