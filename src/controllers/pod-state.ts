import type { Whole } from "../api/object.js";
import { timeToMs } from "../api/values/time.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { PodCondition } from "../gen/howbernetes/core/v1/pod_status.js";

/** Whether a pod has run to its end, well or not. */
export function isFinished({ status }: Whole<Pod>): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

/** Whether a pod has been told to go. */
export function isTerminating({ metadata }: Whole<Pod>): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Whether a pod counts as a replica: it neither has run to its end nor has been told to go. */
export function isActive(pod: Whole<Pod>): boolean {
  return !isFinished(pod) && !isTerminating(pod);
}

/** A pod's condition of a type. */
export function podCondition({ status }: Whole<Pod>, type: string): PodCondition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}

export function isReady(pod: Whole<Pod>): boolean {
  return podCondition(pod, "Ready")?.status === "True";
}

/**
 * Milliseconds until a pod that stays ready has been so for `minReadySeconds`: 0 when it is available, undefined when
 * it is not ready.
 */
export function availableInMs(pod: Whole<Pod>, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "True") return undefined;
  if (minReadySeconds === 0) return 0;
  const sinceMs = timeToMs(ready.lastTransitionTime) ?? nowMs;
  // A node's clock that runs ahead must not make a pod wait for longer than it was told to.
  return Math.min(minReadySeconds * 1000, Math.max(0, sinceMs + minReadySeconds * 1000 - nowMs));
}

/** Whether a pod is ready, and has been for `minReadySeconds`. */
export function isAvailable(pod: Whole<Pod>, minReadySeconds: number, nowMs: number): boolean {
  return availableInMs(pod, minReadySeconds, nowMs) === 0;
}

/** How often the pod's containers were restarted: the most of any. */
export function restartsOf({ status }: Whole<Pod>): number {
  return Math.max(0, ...status.containerStatuses.map(({ restartCount }) => restartCount ?? 0));
}
