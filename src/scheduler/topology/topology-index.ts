import type { ClusterView, PlacementObserver } from "../cluster/cluster-view.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { AffinityHolders } from "./affinity-holders.js";
import { NodeMasks } from "./node-masks.js";
import { PodCounts } from "./pod-counts.js";
import { TopologyDomains } from "./topology-domains.js";

/**
 * Where pods are, and how the nodes are divided, kept by increments: so that what depends on other pods is decided
 * without looking at them. Each part is kept from when it is first asked for. Plugins may share one.
 */
export class TopologyIndex {
  readonly cluster: ClusterView;
  private keptCounts: PodCounts | undefined;
  private keptHolders: AffinityHolders | undefined;
  private keptDomains: TopologyDomains | undefined;
  private keptMasks: NodeMasks | undefined;

  constructor(private readonly context: PluginContext) {
    this.cluster = context.cluster;
  }

  get counts(): PodCounts {
    this.keptCounts ??= this.observing(new PodCounts(this.cluster));
    return this.keptCounts;
  }

  get holders(): AffinityHolders {
    this.keptHolders ??= this.observing(new AffinityHolders());
    return this.keptHolders;
  }

  get domains(): TopologyDomains {
    this.keptDomains ??= this.observing(new TopologyDomains(this.cluster));
    return this.keptDomains;
  }

  get masks(): NodeMasks {
    this.keptMasks ??= this.observing(new NodeMasks(this.cluster));
    return this.keptMasks;
  }

  private observing<T extends PlacementObserver>(observer: T): T {
    this.context.observe(observer);
    return observer;
  }
}
