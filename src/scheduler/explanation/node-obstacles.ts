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

/** What is known of a refusal without asking again. */
export const obstaclesOf = ({ plugin, reasons }: Refusal, detail: string): readonly Obstacle[] =>
  reasons.map((reason) => ({ plugin, reason, detail, remedies: [] }));
