import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isTerminating, podCondition } from "../pod-state.js";

/** Keeps a pod in the store until its Job has counted its end. */
export const trackingFinalizer = "batch.kubernetes.io/job-tracking";
/** Annotation, and label, of an Indexed Job's pods. */
export const completionIndexKey = "batch.kubernetes.io/job-completion-index";
/** Annotation: how often pods of this index failed before, as it counts against backoffLimitPerIndex. */
export const indexFailuresKey = "batch.kubernetes.io/job-index-failure-count";
/** Annotation: how often pods of this index failed before in ways that the failure policy ignores. */
export const ignoredIndexFailuresKey = "batch.kubernetes.io/job-index-ignored-failure-count";

export function isIndexed({ spec }: Whole<Job>): boolean {
  return spec.completionMode === "Indexed";
}

export function isSuspended({ spec }: Whole<Job>): boolean {
  return spec.suspend === true;
}

/** Whether a pod that has been told to go keeps its place until it has come to its end. */
export function replacesOnlyFailed({ spec }: Whole<Job>): boolean {
  return spec.podReplacementPolicy === "Failed" || spec.podFailurePolicy !== undefined;
}

/** Whether a pod carries the finalizer of Jobs. */
export function isTracked({ metadata }: Whole<Pod>): boolean {
  return metadata.finalizers.includes(trackingFinalizer);
}

/** The index whose work a pod does, if the Job has such an index. */
export function indexOf({ spec }: Whole<Job>, { metadata }: Whole<Pod>): number | undefined {
  const index = countIn(metadata.annotations, completionIndexKey);
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined;
}

/** Whether a Job takes a pod for failed. */
export function hasFailed(job: Whole<Job>, pod: Whole<Pod>): boolean {
  const { phase } = pod.status;
  if (phase === "Failed") return true;
  if (phase === "Succeeded" || !isTerminating(pod)) return false;
  // With no grace left no node has anything to say of it any more: it would keep its place for ever.
  return !replacesOnlyFailed(job) || (pod.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/** When a pod came to its end, by the best witness there is: its containers, its readiness, its deletion, its creation. */
export function finishedAtMs(pod: Whole<Pod>): number {
  const { metadata, status } = pod;
  const ends = status.containerStatuses.map(({ state }) => timeToMs(state?.terminated?.finishedAt));
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...ends.map((end) => end ?? 0));
  const ready = podCondition(pod, "Ready");
  const unreadyMs = ready?.status === "False" ? timeToMs(ready.lastTransitionTime) : undefined;
  if (unreadyMs !== undefined) return unreadyMs;
  const deletionMs = timeToMs(metadata.deletionTimestamp);
  if (deletionMs !== undefined) return deletionMs - (metadata.deletionGracePeriodSeconds ?? 0) * 1_000;
  return timeToMs(metadata.creationTimestamp) ?? 0;
}

/** How often pods of its index had failed when a pod was made: by backoffLimitPerIndex' count, and in all. */
export function earlierFailures({ metadata }: Whole<Pod>): { readonly counted: number; readonly ignored: number } {
  return {
    counted: countIn(metadata.annotations, indexFailuresKey) ?? 0,
    ignored: countIn(metadata.annotations, ignoredIndexFailuresKey) ?? 0,
  };
}

/** Anyone may write annotations: what is no count is not there. */
function countIn(annotations: Readonly<Record<string, string>>, key: string): number | undefined {
  const text = annotations[key];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
