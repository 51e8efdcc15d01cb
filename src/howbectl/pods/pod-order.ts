import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** Puts pods in order, the one to be taken first; for `Array.sort`. */
export type PodOrder = (left: Whole<Pod>, right: Whole<Pod>) => number;

/** kubectl's: a phase that is none of these counts as running. */
const phaseRanks: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 };

/** Ranks, less is better, of which each decides where those before it are equal. */
const common: readonly ((pod: Whole<Pod>) => number)[] = [
  ({ spec }) => (spec.nodeName ? 0 : 1),
  ({ status }) => phaseRanks[status.phase ?? ""] ?? 0,
  (pod) => (readyCondition(pod) === undefined ? 1 : 0),
  // Ready for longest first; unready pods are equal here.
  (pod) => timeToMs(readyCondition(pod)?.lastTransitionTime) ?? Number.MAX_SAFE_INTEGER,
];
const age = ({ metadata }: Whole<Pod>): number => timeToMs(metadata.creationTimestamp) ?? Number.MAX_SAFE_INTEGER;

/** kubectl's order for logs: pods that run and are ready come first, and of equals the one that restarted most. */
export const forLogs: PodOrder = byRanks([...common, (pod) => -mostRestarts(pod), age]);

/** kubectl's order for sessions: pods that run and are ready come first, and of equals the one that restarted least. */
export const forSessions: PodOrder = byRanks([...common, mostRestarts, age]);

function byRanks(ranks: readonly ((pod: Whole<Pod>) => number)[]): PodOrder {
  return (left, right) => {
    for (const rank of ranks) {
      const difference = rank(left) - rank(right);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function readyCondition({ status }: Whole<Pod>) {
  return status.conditions.find(({ type, status: value }) => type === "Ready" && value === "True");
}

function mostRestarts({ status }: Whole<Pod>): number {
  return Math.max(0, ...status.containerStatuses.map(({ restartCount = 0 }) => restartCount));
}
