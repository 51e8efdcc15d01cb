import type { Whole } from "../../api/object.js";
import type { JobStatus } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { judgeFailure } from "./failure-policy.js";
import { hasFailed, indexOf, isIndexed } from "./pod-facts.js";
import type { Verdict } from "./verdict.js";
import type { JobView } from "./view.js";

/** Kubernetes' bound on the pods that a status names at a time: it stays small, and no Job holds up the others. */
const maxUncounted = 500;

/** A first step towards counting pods that came to their end. */
export interface Accounting {
  /** The status with those pods noted as ended and not counted yet. */
  readonly status: JobStatus;
  /** Pods that may go once that is stored. */
  readonly release: readonly Whole<Pod>[];
  /** Whether these are all there are. */
  readonly isWhole: boolean;
}

/**
 * Begins to count pods. Each is counted exactly once, whatever fails in between, for it takes three writes: the status
 * names the pod as uncounted, the pod loses its finalizer, the status replaces the name by a number (`settle`). Indexes
 * need no names: an index that succeeds twice has succeeded.
 */
export function account(view: JobView, verdict: Verdict | undefined, status: JobStatus): Accounting {
  const { indexes } = view;
  const uncounted = {
    succeeded: [...(status.uncountedTerminatedPods?.succeeded ?? [])],
    failed: [...(status.uncountedTerminatedPods?.failed ?? [])],
  };
  const ended = view.tracked.filter((pod) => mayGo(view, verdict, pod));
  const room = Math.max(0, maxUncounted - uncounted.succeeded.length - uncounted.failed.length);
  const isNamed = new Set([...uncounted.succeeded, ...uncounted.failed]);
  // Those that are named already take no more room, and are what has to go for there to be some.
  const release = [
    ...ended.filter(({ metadata }) => isNamed.has(metadata.uid)),
    ...ended.filter(({ metadata }) => !isNamed.has(metadata.uid)).slice(0, room),
  ];
  for (const pod of release) {
    if (isNamed.has(pod.metadata.uid)) continue;
    if (countsAsSuccess(view, pod)) uncounted.succeeded.push(pod.metadata.uid);
    else if (countsAsFailure(view, verdict, pod)) uncounted.failed.push(pod.metadata.uid);
  }
  return {
    status: {
      ...status,
      uncountedTerminatedPods: uncounted,
      ...(indexes === undefined ? {} : { succeeded: indexes.succeeded.size, completedIndexes: indexes.succeeded.toString() }),
      ...(indexes?.failed === undefined ? {} : { failedIndexes: indexes.failed.toString() }),
    },
    release,
    isWhole: release.length === ended.length,
  };
}

/** Counts those of the pods named as uncounted that nothing holds any more. */
export function settle(status: JobStatus, isHeld: (podUid: string) => boolean): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const held = { succeeded: succeeded.filter(isHeld), failed: failed.filter(isHeld) };
  return {
    ...status,
    uncountedTerminatedPods: held,
    succeeded: (status.succeeded ?? 0) + succeeded.length - held.succeeded.length,
    failed: (status.failed ?? 0) + failed.length - held.failed.length,
  };
}

/** A pod may go when it has ended, or the Job has; the last failure of an index stays until the next pod has its count. */
function mayGo({ job, indexes }: JobView, verdict: Verdict | undefined, pod: Whole<Pod>): boolean {
  if (job.metadata.deletionTimestamp !== undefined || verdict !== undefined || pod.status.phase === "Succeeded") return true;
  const index = indexOf(job, pod);
  return hasFailed(job, pod) && (index === undefined || indexes?.lastFailed.get(index) !== pod);
}

function countsAsSuccess({ job }: JobView, pod: Whole<Pod>): boolean {
  return pod.status.phase === "Succeeded" && !isIndexed(job);
}

/** When a Job fails, whatever it still ran has failed. */
function countsAsFailure({ job }: JobView, verdict: Verdict | undefined, pod: Whole<Pod>): boolean {
  if (pod.status.phase === "Succeeded" || (isIndexed(job) && indexOf(job, pod) === undefined)) return false;
  if (!hasFailed(job, pod) && verdict?.type !== "FailureTarget") return false;
  return judgeFailure(job.spec.podFailurePolicy, pod).action !== "Ignore";
}
