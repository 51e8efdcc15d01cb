import type { ClusterState } from "../../src/scheduler/cluster/cluster-state.js";
import type { PodInfo } from "../../src/scheduler/cluster/pod-info.js";
import type { ScorePlugin } from "../../src/scheduler/framework/plugin.js";

/** What a plugin thinks of each node, by name, rounded to a hundredth; undefined when it has nothing to say. */
export function scoresOf(plugin: ScorePlugin, pod: PodInfo, state: ClusterState): Readonly<Record<string, number>> | undefined {
  const nodes = state.nodes();
  const prepared = plugin.prepareScore(pod, state, nodes);
  if (prepared === undefined) return undefined;
  const scores = Float64Array.from(nodes, (node) => prepared.score(node));
  prepared.normalize?.(scores);
  return Object.fromEntries(nodes.map(({ name }, index) => [name, Math.round(100 * (scores[index] ?? 0)) / 100]));
}
