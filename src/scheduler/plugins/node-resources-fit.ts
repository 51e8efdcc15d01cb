import { type Candidate, type FilterPlugin, fits, maxScore, rejects, type ScorePlugin, type Verdict } from "../framework.js";
import { resourceNames } from "../resources.js";

/**
 * Admits a node whose unreserved resources cover the pod's requests, and prefers the emptiest such node. Counts
 * requests, never usage: usage may change after binding.
 */
export const nodeResourcesFit: FilterPlugin & ScorePlugin = {
  name: "NodeResourcesFit",
  weight: 1,

  filter({ pod, node }: Candidate): Verdict {
    const crowded = node.podCount >= node.maxPods ? ["Too many pods"] : [];
    // A pod that asks for none of a resource fits even where that resource is overcommitted.
    const short = resourceNames.filter((name) => pod.requests[name] > Math.max(0, node.allocatable[name] - node.requested[name]));
    const reasons = [...crowded, ...short.map((name) => `Insufficient ${name}`)];
    return reasons.length === 0 ? fits : rejects(...reasons);
  },

  score({ pod, node }: Candidate): number {
    const free = resourceNames.map((name) => {
      const capacity = node.allocatable[name];
      if (capacity === 0) return 0;
      return Math.max(0, capacity - node.requested[name] - pod.requests[name]) / capacity;
    });
    return (maxScore * free.reduce((sum, share) => sum + share, 0)) / free.length;
  },
};
