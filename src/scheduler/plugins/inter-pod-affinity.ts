import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { FilterPlugin, PodFilter, ScorePlugin } from "../framework/plugin.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { lastingRefusal, type Refusal, refusal } from "../framework/refusal.js";
import type { AffinityTerms } from "../topology/affinity-terms.js";
import { TopologyIndex } from "../topology/topology-index.js";
import { affinityName, affinityReason, antiAffinityReason, existingReason, explainAffinity } from "./inter-pod-affinity-explanation.js";
import { type InterPodAffinityArgs, scoreAffinity } from "./inter-pod-affinity-score.js";
import { type AffinityTally, countNear, isShunned, tallyAffinity } from "./inter-pod-affinity-tally.js";
import { affinityWakes } from "./inter-pod-affinity-wakes.js";

const alone = lastingRefusal(affinityName, affinityReason);
const crowded = refusal(affinityName, antiAffinityReason);
const avoidedThere = refusal(affinityName, existingReason);

/** Kubernetes' own. */
export const defaultAffinityArgs: InterPodAffinityArgs = { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false };

/**
 * Places pods near those whose company they seek, and away from those that they avoid or that avoid them: near is what
 * has the same value of the term's label of nodes.
 */
export function createInterPodAffinity(
  context: PluginContext,
  args: InterPodAffinityArgs = defaultAffinityArgs,
  index: TopologyIndex = new TopologyIndex(context),
): FilterPlugin & ScorePlugin {
  const termsOf = (pod: PodInfo): AffinityTerms | undefined => index.holders.termsOf(pod);
  return {
    name: affinityName,
    scope: "cluster",
    prepareFilter: (pod, cluster) => {
      const tally = tallyAffinity(pod, termsOf(pod), index);
      return tally === undefined ? undefined : filterOf(tally, cluster);
    },
    prepareScore: (pod) => scoreAffinity(pod, termsOf(pod), index, args),
    wakes: affinityWakes(termsOf, index.cluster),
  };
}

function filterOf(tally: AffinityTally, cluster: ClusterView): PodFilter {
  return { check: (node) => refusalOf(tally, node), explain: (node) => explainAffinity(tally, node, cluster) };
}

function refusalOf({ sought, isFirst, avoided, shunned }: AffinityTally, node: NodeInfo): Refusal | undefined {
  for (const one of sought) {
    const count = countNear(one, node);
    if (count === undefined || (count === 0 && !isFirst)) return alone;
  }
  for (const one of avoided) if ((countNear(one, node) ?? 0) > 0) return crowded;
  for (const one of shunned) if (isShunned(one, node)) return avoidedThere;
  return undefined;
}
