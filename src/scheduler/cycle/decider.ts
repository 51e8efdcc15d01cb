import type { Clock } from "../../base/clock.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { PodFilter, Profile, RescueOutcome } from "../framework/plugin.js";
import { lastingRefusal, type Refusal } from "../framework/refusal.js";
import { type Attempt, type RankedNode, rankedNodes } from "./attempt.js";

export interface DeciderDeps {
  readonly cluster: ClusterView;
  readonly clock: Clock;
}

// Sums of shares differ in their last digits with the order of additions; such nodes are equally good.
const epsilon = 1e-9;

/**
 * Finds pods nodes, one after the other. Nodes are looked at from where the last decision left off; of equally good ones
 * that with the fewest pods is taken, then the first, so that pods alike are spread.
 */
export class Decider {
  private start = 0;

  constructor(private readonly deps: DeciderDeps) {}

  /** Decides on the cluster as it is; changes nothing. */
  decide(pod: PodInfo, profile: Profile): Attempt {
    const { cluster, clock } = this.deps;
    const startedMs = clock.monotonicMs();
    const nodes = cluster.nodes();
    const filters = profile.filters.flatMap((plugin) => plugin.prepareFilter(pod, cluster) ?? []);
    const refusals = new Map<string, Refusal>();
    const feasible: NodeInfo[] = [];
    for (let step = 0; step < nodes.length; step++) {
      const node = nodes[(this.start + step) % nodes.length];
      if (node === undefined) continue;
      const refused = refusalOf(node, filters);
      if (refused === undefined) feasible.push(node);
      else refusals.set(node.name, refused);
    }
    this.start = nodes.length === 0 ? 0 : (this.start + 1) % nodes.length;
    const ranking = rank(pod, profile, feasible, cluster);
    const found = { pod, profile, nodeCount: nodes.length, refusals, feasibleCount: feasible.length, ranking };
    const rescue = feasible.length > 0 ? undefined : this.rescue(pod, profile, refusals);
    return { ...found, nodeName: ranking[0]?.nodeName, rescue, durationMs: clock.monotonicMs() - startedMs };
  }

  private rescue(pod: PodInfo, profile: Profile, refusals: ReadonlyMap<string, Refusal>): RescueOutcome | undefined {
    const { cluster } = this.deps;
    const check = (node: NodeInfo): Refusal | undefined =>
      refusalOf(
        node,
        profile.filters.flatMap((plugin) => plugin.prepareFilter(pod, cluster) ?? []),
      );
    let outcome: RescueOutcome | undefined;
    for (const plugin of profile.rescues) {
      outcome = plugin.rescue({ pod, refusals, check }, cluster);
      if (outcome.kind === "found") break;
    }
    return outcome;
  }
}

function refusalOf(node: NodeInfo, filters: readonly PodFilter[]): Refusal | undefined {
  for (const { onlyNodes } of filters) if (onlyNodes?.has(node.name) === false) return elsewhere;
  for (const filter of filters) {
    const refused = filter.check(node);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

const elsewhere = lastingRefusal("NodeAffinity", "node(s) didn't satisfy plugin(s) [NodeAffinity]");

function rank(pod: PodInfo, profile: Profile, feasible: readonly NodeInfo[], cluster: ClusterView): RankedNode[] {
  const columns = profile.scores.flatMap(({ plugin, weight }) => {
    const prepared = plugin.prepareScore(pod, cluster, feasible);
    if (prepared === undefined) return [];
    const scores = Float64Array.from(feasible, (node) => prepared.score(node));
    prepared.normalize?.(scores);
    return [{ plugin: plugin.name, weight, scores }];
  });
  const ranked = feasible.map((node, index) => ({
    node,
    nodeName: node.name,
    parts: columns.map(({ plugin, weight, scores }) => ({ plugin, weight, score: scores[index] ?? 0 })),
    score: columns.reduce((sum, { weight, scores }) => sum + weight * (scores[index] ?? 0), 0),
  }));
  ranked.sort((a, b) => (Math.abs(a.score - b.score) > epsilon ? b.score - a.score : a.node.podCount - b.node.podCount));
  return ranked.slice(0, rankedNodes).map(({ nodeName, score, parts }) => ({ nodeName, score, parts }));
}
