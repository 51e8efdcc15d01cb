import { isDeepStrictEqual } from "node:util";
import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { WakeHints } from "../framework/cluster-event.js";
import type { FilterPlugin, PodFilter, ScorePlugin } from "../framework/plugin.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { lastingRefusal, refusal } from "../framework/refusal.js";
import { TopologyIndex } from "../topology/topology-index.js";
import { compileSpread, isSpreadBy, type PodTopologySpreadArgs, type SpreadConstraints } from "./pod-topology-spread-constraints.js";
import { explainSpread, labelReason, skewReason, spreadName } from "./pod-topology-spread-explanation.js";
import { scoreSpread } from "./pod-topology-spread-score.js";
import { excess, type Tally, tallyAll } from "./pod-topology-spread-tally.js";

const unlabelled = lastingRefusal(spreadName, labelReason);
const skewed = refusal(spreadName, skewReason);

/** Kubernetes' own defaults. */
export const systemSpreading: PodTopologySpreadArgs = { defaultingType: "System", defaultConstraints: [] };

/**
 * Keeps the pods of a kind spread over zones, nodes or whatever labels divide the cluster into: refuses nodes where the
 * fullest domain would have `maxSkew` more of them than the emptiest, and prefers those with the fewest.
 */
export function createPodTopologySpread(
  context: PluginContext,
  args: PodTopologySpreadArgs = systemSpreading,
  index: TopologyIndex = new TopologyIndex(context),
): FilterPlugin & ScorePlugin {
  const compiled = new WeakMap<object, { readonly labels: object; readonly constraints: SpreadConstraints }>();
  /** Found out once for pods alike: those of one shape with the same labels. */
  const constraintsOf = (pod: PodInfo): SpreadConstraints => {
    const { labels } = pod.pod.metadata;
    const known = compiled.get(pod.shape ?? pod);
    if (known?.labels === labels) return known.constraints;
    const constraints = compileSpread(pod, args);
    compiled.set(pod.shape ?? pod, { labels, constraints });
    return constraints;
  };
  return {
    name: spreadName,
    scope: "cluster",
    prepareFilter: (pod, cluster) => {
      const { hard } = constraintsOf(pod);
      return hard.length === 0 ? undefined : filterOf(pod, tallyAll(hard, index), cluster);
    },
    prepareScore: (pod, _cluster, feasible) => scoreSpread(constraintsOf(pod), index, feasible),
    wakes: wakesOf(constraintsOf),
  };
}

function filterOf(pod: PodInfo, tallies: readonly Tally[], cluster: ClusterView): PodFilter {
  return {
    check: ({ slot }: NodeInfo) => {
      for (const tally of tallies) {
        const domain = tally.domains.bySlot[slot] ?? -1;
        if (domain < 0) return unlabelled;
        if (excess(tally, domain) > 0) return skewed;
      }
      return undefined;
    },
    explain: (node) => explainSpread({ pod, tallies, cluster }, node),
  };
}

function wakesOf(constraintsOf: (pod: PodInfo) => SpreadConstraints): WakeHints {
  const isSpread = (placed: PodInfo, pod: PodInfo): boolean =>
    placed.pod.metadata.namespace === pod.pod.metadata.namespace && constraintsOf(pod).hard.some((one) => isSpreadBy(one, placed));
  const hasLabels = (node: Whole<Node>, pod: PodInfo): boolean =>
    constraintsOf(pod).hard.every(({ topologyKey }) => Object.hasOwn(node.metadata.labels, topologyKey));
  return {
    nodeAdded: ({ node }, pod) => hasLabels(node, pod),
    nodeUpdated: ({ node, previous }, pod) => (hasLabels(node, pod) || hasLabels(previous, pod)) && isDividedAnew(node, previous),
    // The emptiest domain may have gone with it.
    nodeRemoved: ({ node }, pod) => hasLabels(node, pod),
    podPlaced: ({ pod: placed }, pod) => isSpread(placed, pod),
    podGone: ({ pod: gone }, pod) => isSpread(gone, pod),
    podUpdated: ({ pod: next, previous }, pod) => isSpread(next, pod) !== isSpread(previous, pod),
  };
}

/** Whether a node may count otherwise now: by its labels, or by its taints. */
function isDividedAnew(node: Whole<Node>, previous: Whole<Node>): boolean {
  return !isDeepStrictEqual(node.metadata.labels, previous.metadata.labels) || !isDeepStrictEqual(node.spec.taints, previous.spec.taints);
}
