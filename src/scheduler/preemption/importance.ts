import { timeToMs } from "../../api/values/time.js";
import type { PodInfo } from "../cluster/pod-info.js";

// Later than any other, and still a number to reckon with.
const notYet = Number.MAX_SAFE_INTEGER;

/** Since when a pod runs, in milliseconds since 1970. One that does not yet is taken for the youngest. */
export function startedMs({ pod: { status } }: PodInfo): number {
  return timeToMs(status.startTime) ?? notYet;
}

/** For sorting: the higher priority first, of equal ones the pod that has run for longer, for it has more to lose. */
export function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || startedMs(a) - startedMs(b);
}
