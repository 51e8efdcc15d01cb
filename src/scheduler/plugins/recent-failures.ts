import type { FailureLog } from "../cluster/failure-log.js";
import { maxScore, type ScorePlugin, type WeightedScore } from "../framework/plugin.js";

/**
 * Ranks nodes last where a pod's workload has just failed repeatedly: a broken disk or a missing device makes a node
 * look empty, and so draws each replacement to where the last one failed. No node is refused for it, for there may be no
 * other, and the workload itself may be at fault.
 *
 * Unlike Kubernetes, which forgets where a pod has failed.
 */
export const createRecentFailures = (failures: Pick<FailureLog, "troubledNodes">): ScorePlugin => ({
  name: "RecentFailures",
  // Failures are no changes of the node.
  scope: "cluster",
  prepareScore: ({ pod }) => {
    const troubled = failures.troubledNodes(pod);
    return troubled === undefined ? undefined : { score: ({ name }) => (troubled.has(name) ? 0 : maxScore) };
  },
});

/** The weight with which a score decides against all others together. */
export const overridingWeight = (others: readonly WeightedScore[]): number => others.reduce((sum, { weight }) => sum + weight, 1);
