import type { Clock } from "../../base/clock.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { PodFilter, Profile } from "../framework/plugin.js";
import { lastingRefusal, type Obstacle, type Refusal } from "../framework/refusal.js";

/** A filter that was prepared for a pod. */
interface NamedFilter {
  readonly plugin: string;
  readonly filter: PodFilter;
}

/** All filters of a profile, ready for one pod: they hold until the cluster changes. */
export class PreparedFilters {
  private readonly filters: readonly NamedFilter[];

  constructor(pod: PodInfo, profile: Pick<Profile, "filters">, cluster: ClusterView) {
    this.filters = profile.filters.flatMap((plugin) => {
      const filter = plugin.prepareFilter(pod, cluster);
      return filter === undefined ? [] : [{ plugin: plugin.name, filter }];
    });
  }

  /** The first refusal, as a decision counts it; undefined when the node would do. */
  refusal(node: NodeInfo): Refusal | undefined {
    for (const named of this.filters) {
      const refused = refusalBy(named, node);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /** All that is in the way on a node, of every filter and not of the first alone; empty when it would do. */
  obstacles(node: NodeInfo): readonly Obstacle[] {
    return this.filters.flatMap((named) => {
      const refused = refusalBy(named, node);
      if (refused === undefined) return [];
      const obstacles = named.filter.explain(node);
      return obstacles.length === 0 ? obstaclesOf(refused, "") : obstacles;
    });
  }
}

function refusalBy({ plugin, filter }: NamedFilter, node: NodeInfo): Refusal | undefined {
  if (filter.onlyNodes?.has(node.name) === false) return lastingRefusal(plugin, `node(s) didn't satisfy plugin(s) [${plugin}]`);
  return filter.check(node);
}

// What a crowd of pods has against a node takes long to name; a few hundred nodes of which it is told are enough.
const budgetMs = 1_000;

/** Names obstacles as long as that does not take too long in all; from then on only what is refused, and why. */
export class BoundedExplanation {
  private spentMs = 0;

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  obstacles(node: NodeInfo, filters: PreparedFilters, refused: Refusal): readonly Obstacle[] {
    if (this.spentMs > budgetMs) return obstaclesOf(refused, "");
    const startMs = this.clock.monotonicMs();
    const obstacles = filters.obstacles(node);
    this.spentMs += this.clock.monotonicMs() - startMs;
    return obstacles;
  }
}

/** What is known of a refusal without asking again. */
export const obstaclesOf = ({ plugin, reasons }: Refusal, detail: string): readonly Obstacle[] =>
  reasons.map((reason) => ({ plugin, reason, detail, remedies: [] }));
