import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { amountOf, namesOf } from "../cluster/resources.js";
import { always } from "../framework/cluster-event.js";
import { type FilterPlugin, maxScore, type ScorePlugin } from "../framework/plugin.js";
import { refusal } from "../framework/refusal.js";

const name = "NodeResourcesFit";
const scored = ["cpu", "memory"] as const;

function shortages(pod: PodInfo, node: NodeInfo): string[] {
  const crowded = node.podCount >= node.maxPods ? ["Too many pods"] : [];
  // A pod that asks for none of a resource fits even where that resource is overcommitted.
  const short = namesOf(pod.requests).filter(
    (resource) => amountOf(pod.requests, resource) > Math.max(0, amountOf(node.allocatable, resource) - amountOf(node.requested, resource)),
  );
  return [...crowded, ...short.map((resource) => `Insufficient ${resource}`)];
}

/**
 * Admits a node whose unreserved resources cover the pod's requests, and prefers the emptiest such node. Counts
 * requests, never usage: usage may change after binding.
 */
export const nodeResourcesFit: FilterPlugin & ScorePlugin = {
  name,
  scope: "node",
  prepareFilter: (pod) => ({
    check: (node) => {
      const reasons = shortages(pod, node);
      return reasons.length === 0 ? undefined : refusal(name, ...reasons);
    },
    explain: (node) => shortages(pod, node).map((reason) => ({ plugin: name, reason, detail: reason, remedies: [] })),
  }),
  prepareScore: (pod) => ({
    score: (node) => {
      const free = scored.map((resource) => {
        const capacity = node.allocatable[resource];
        if (capacity === 0) return 0;
        return Math.max(0, capacity - node.requested[resource] - pod.requests[resource]) / capacity;
      });
      return (maxScore * free.reduce((sum, share) => sum + share, 0)) / free.length;
    },
  }),
  wakes: { nodeAdded: always, nodeUpdated: always, podGone: always, podUpdated: always },
};
