import type { PodInfo } from "../cluster/pod-info.js";
import { maxScore, type PodScore } from "../framework/plugin.js";
import { sumsHeld } from "../topology/affinity-holders.js";
import { type AffinityTerms, questionOf } from "../topology/affinity-terms.js";
import type { Domains } from "../topology/topology-domains.js";
import type { TopologyIndex } from "../topology/topology-index.js";
import { addWeighted } from "./inter-pod-affinity-tally.js";

/** How much what pods would like counts: Kubernetes' InterPodAffinityArgs. */
export interface InterPodAffinityArgs {
  /** The weight of what placed pods require of other pods' company, for those whom they require: 0 to 100. */
  readonly hardPodAffinityWeight: number;
  /** Leaves out what placed pods say of company, for pods that wish for none themselves. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

/** The weights in each domain of a topology. */
interface Weights {
  readonly domains: Domains;
  readonly sums: Float64Array;
}

/** Prefers nodes near pods whose company the pod would like, or which would like its; the farther from those it would not. */
export function scoreAffinity(
  pod: PodInfo,
  terms: AffinityTerms | undefined,
  index: TopologyIndex,
  args: InterPodAffinityArgs,
): PodScore | undefined {
  const byKey = new Map<string, Weights>();
  const weightsOf = (topologyKey: string): Weights => {
    const domains = index.domains.of(topologyKey);
    const weights = byKey.get(topologyKey) ?? { domains, sums: new Float64Array(domains.size) };
    byKey.set(topologyKey, weights);
    return weights;
  };
  const wishes = terms?.preferred ?? [];
  for (const { term, weight } of wishes) {
    const { domains, sums } = weightsOf(term.topologyKey);
    addWeighted(sums, index.counts.sumsOf(questionOf([term], index.cluster), domains), weight);
  }
  if (wishes.length > 0 || !args.ignorePreferredTermsOfExistingPods) addHeld(pod, index, args, weightsOf);
  const all = [...byKey.values()];
  if (all.every(({ sums }) => sums.every((sum) => sum === 0))) return undefined;
  return { score: ({ slot }) => all.reduce((total, weights) => total + weightAt(weights, slot), 0), normalize };
}

function addHeld(pod: PodInfo, index: TopologyIndex, args: InterPodAffinityArgs, weightsOf: (topologyKey: string) => Weights): void {
  const namespaceLabels = index.cluster.namespaceLabels(pod.pod.metadata.namespace);
  const preferred = index.holders.meaning(pod, "preferred", namespaceLabels);
  const sought = args.hardPodAffinityWeight === 0 ? [] : index.holders.meaning(pod, "sought", namespaceLabels);
  for (const held of [...preferred, ...sought]) {
    const { domains, sums } = weightsOf(held.term.topologyKey);
    addWeighted(sums, sumsHeld(held, domains), held.weight === 0 ? args.hardPodAffinityWeight : held.weight);
  }
}

function weightAt({ domains, sums }: Weights, slot: number): number {
  const domain = domains.bySlot[slot] ?? -1;
  return domain < 0 ? 0 : (sums[domain] ?? 0);
}

/** Spreads sums from the least to the most over 0 to `maxScore`. Whole numbers, as in Kubernetes. */
function normalize(scores: Float64Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    if (score < least) least = score;
    if (score > most) most = score;
  }
  const range = most - least;
  for (let at = 0; at < scores.length; at++) {
    scores[at] = range === 0 ? 0 : Math.floor((maxScore * ((scores[at] ?? least) - least)) / range);
  }
}
