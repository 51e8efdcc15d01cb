import type { NodeInfo } from "./cluster-state.js";
import type { Candidate, FilterPlugin, Profile, Verdict } from "./framework.js";
import { fits } from "./framework.js";
import type { PodInfo } from "./pod-info.js";

/** A node for a pod, or why there is none: Kubernetes' sentence. */
export type Choice = { readonly kind: "node"; readonly nodeName: string } | { readonly kind: "unschedulable"; readonly message: string };

// Sums of shares differ in their last digits with the order of additions; such nodes are equally good.
const epsilon = 1e-9;

/**
 * Chooses among the nodes that pass every filter the one with the best score, then the one with the fewest pods.
 * Of equals the first from `rotation` on wins, so that a rotation that grows with every choice spreads pods evenly.
 */
export function chooseNode(pod: PodInfo, nodes: readonly NodeInfo[], profile: Profile, rotation: number): Choice {
  const rejections: string[] = [];
  let best: { readonly node: NodeInfo; readonly score: number } | undefined;
  for (let step = 0; step < nodes.length; step++) {
    const node = nodes[(rotation + step) % nodes.length];
    if (node === undefined) continue;
    const candidate: Candidate = { pod, node };
    const verdict = filter(profile.filters, candidate);
    if (!verdict.fits) {
      rejections.push(...verdict.reasons);
      continue;
    }
    const score = profile.scores.reduce((sum, plugin) => sum + plugin.weight * plugin.score(candidate), 0);
    if (best === undefined || isBetter(score, node, best)) best = { node, score };
  }
  if (best !== undefined) return { kind: "node", nodeName: best.node.name };
  return { kind: "unschedulable", message: explain(nodes.length, rejections) };
}

function filter(plugins: readonly FilterPlugin[], candidate: Candidate): Verdict {
  for (const plugin of plugins) {
    const verdict = plugin.filter(candidate);
    if (!verdict.fits) return verdict;
  }
  return fits;
}

function isBetter(score: number, node: NodeInfo, best: { readonly node: NodeInfo; readonly score: number }): boolean {
  const difference = score - best.score;
  return Math.abs(difference) > epsilon ? difference > 0 : node.podCount < best.node.podCount;
}

/** `0/5 nodes are available: 2 node(s) were unschedulable, 3 Insufficient memory.`, sorted as Kubernetes sorts it: as text. */
function explain(nodeCount: number, rejections: readonly string[]): string {
  if (nodeCount === 0) return "no nodes available to schedule pods";
  const counts = new Map<string, number>();
  for (const reason of rejections) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${parts.join(", ")}.`;
}
