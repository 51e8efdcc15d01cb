import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { PodScore, Profile } from "../framework/plugin.js";
import { type RankedNode, rankedNodes } from "./attempt.js";
import type { ShapeMemory } from "./shape-memory.js";

interface Column {
  readonly plugin: string;
  readonly weight: number;
  readonly scores: Float64Array;
}

// Sums of shares differ in their last digits with the order of additions; such nodes are equally good.
const epsilon = 1e-9;

/**
 * The best of the nodes, the best first: by the sum of the normalized weighted scores; of equally good ones that with
 * the fewest pods, then the first, so that pods alike are spread.
 */
export function rankNodes(
  nodes: readonly NodeInfo[],
  pod: PodInfo,
  { scores: weighted }: Profile,
  { cluster, memory }: { readonly cluster: ClusterView; readonly memory: ShapeMemory },
): readonly RankedNode[] {
  const columns: Column[] = [];
  const totals = new Float64Array(nodes.length);
  for (const { plugin, weight } of weighted) {
    const prepared = plugin.prepareScore(pod, cluster, nodes);
    if (prepared === undefined) continue;
    const scores = plugin.scope === "node" ? memory.scores(plugin, prepared, nodes) : scoresOf(prepared, nodes);
    prepared.normalize?.(scores);
    for (let index = 0; index < totals.length; index++) totals[index] = (totals[index] ?? 0) + weight * (scores[index] ?? 0);
    columns.push({ plugin: plugin.name, weight, scores });
  }
  return bestOf(nodes, totals).map((index) => ({
    nodeName: nodes[index]?.name ?? "",
    score: totals[index] ?? 0,
    parts: columns.map(({ plugin, weight, scores }) => ({ plugin, weight, score: scores[index] ?? 0 })),
  }));
}

/** A loop: `Float64Array.from` takes twenty times as long, and this is done for every pod. */
function scoresOf(prepared: PodScore, nodes: readonly NodeInfo[]): Float64Array {
  const scores = new Float64Array(nodes.length);
  let index = 0;
  for (const node of nodes) scores[index++] = prepared.score(node);
  return scores;
}

/** The indexes of the best, the best first. */
function bestOf(nodes: readonly NodeInfo[], totals: Float64Array): readonly number[] {
  const best: number[] = [];
  // The last of the best: most of the others are told from it by these two numbers, without a look at a node.
  let leastTotal = Number.NEGATIVE_INFINITY;
  let leastPods = 0;
  for (let index = 0; index < totals.length; index++) {
    const total = totals[index] ?? 0;
    if (total < leastTotal - epsilon) continue;
    const pods = nodes[index]?.podCount ?? 0;
    if (best.length === rankedNodes && total <= leastTotal + epsilon && pods >= leastPods) continue;
    let place = best.length;
    while (place > 0 && isBetter(index, best[place - 1] ?? 0, nodes, totals)) place--;
    best.splice(place, 0, index);
    if (best.length < rankedNodes) continue;
    best.length = rankedNodes;
    const last = best[rankedNodes - 1] ?? 0;
    leastTotal = totals[last] ?? 0;
    leastPods = nodes[last]?.podCount ?? 0;
  }
  return best;
}

function isBetter(a: number, b: number, nodes: readonly NodeInfo[], totals: Float64Array): boolean {
  const difference = (totals[a] ?? 0) - (totals[b] ?? 0);
  if (Math.abs(difference) > epsilon) return difference > 0;
  return (nodes[a]?.podCount ?? 0) < (nodes[b]?.podCount ?? 0);
}
