import { timeToMs } from "../../api/values/time.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** Since when a pod runs, in milliseconds since 1970. One that does not yet is taken to start now. */
export function startedMs({ pod: { status } }: PodInfo, nowMs: number): number {
  return timeToMs(status.startTime) ?? nowMs;
}

/** For sorting: the higher priority first, of equal ones the pod that has run for longer, for it has more to lose. */
export function byImportance(nowMs: number): (a: PodInfo, b: PodInfo) => number {
  return (a, b) => b.priority - a.priority || startedMs(a, nowMs) - startedMs(b, nowMs);
}
