import type { NodeInfo } from "../cluster/cluster-view.js";
import { maxScore, type PodScore } from "../framework/plugin.js";
import type { Domains } from "../topology/topology-domains.js";
import type { TopologyIndex } from "../topology/topology-index.js";
import { isHostname, type SpreadConstraint, type SpreadConstraints } from "./pod-topology-spread-constraints.js";
import { haveAll, sumOver } from "./pod-topology-spread-tally.js";

/** One constraint's part of a node's score: the more pods its domain has, the higher, and the worse. */
interface Part {
  readonly domains: Domains;
  /** The number of pods: by domain, or where each node is one, by slot. */
  readonly sums: Int32Array;
  readonly byNode: boolean;
  /** The more domains there are, the fewer pods are in each: so that they weigh as much. */
  readonly weight: number;
  readonly maxSkew: number;
}

/** Prefers the domains with the fewest pods, by Kubernetes' figures. */
export function scoreSpread(constraints: SpreadConstraints, index: TopologyIndex, feasible: readonly NodeInfo[]): PodScore | undefined {
  const { soft, needsAllLabels } = constraints;
  if (soft.length === 0) return undefined;
  const domains = soft.map(({ topologyKey }) => index.domains.of(topologyKey));
  const labelled = needsAllLabels ? haveAll(domains, index.cluster) : undefined;
  const scored = labelled === undefined ? feasible : feasible.filter(({ slot }) => labelled[slot] === 1);
  const parts = soft.map((constraint, at) => partOf(constraint, { domains: domains[at], labelled, index, scored }));
  return {
    score: ({ slot }) => (labelled?.[slot] === 0 ? unscored : sumOfParts(parts, slot)),
    normalize,
  };
}

/** Of a node that lacks a label: told apart from all sums, which are not negative. */
const unscored = -1;

interface PartContext {
  readonly domains: Domains | undefined;
  readonly labelled: Uint8Array | undefined;
  readonly index: TopologyIndex;
  readonly scored: readonly NodeInfo[];
}

function partOf(constraint: SpreadConstraint, { domains: known, labelled, index, scored }: PartContext): Part {
  const { topologyKey, maxSkew } = constraint;
  const domains = known ?? index.domains.of(topologyKey);
  const byNode = isHostname(topologyKey);
  const sums = byNode ? index.counts.countsOf(constraint.question) : sumOver(constraint, { domains, labelled, index });
  const count = byNode ? scored.length : countDomains(domains, scored);
  return { domains, sums, byNode, weight: Math.log(count + 2), maxSkew };
}

/** How many domains the nodes are in; those without the label are together in one more. */
function countDomains({ bySlot, size }: Domains, nodes: readonly NodeInfo[]): number {
  const seen = new Uint8Array(size + 1);
  let count = 0;
  for (const { slot } of nodes) {
    const at = (bySlot[slot] ?? -1) + 1;
    if (seen[at] === 1) continue;
    seen[at] = 1;
    count++;
  }
  return count;
}

function sumOfParts(parts: readonly Part[], slot: number): number {
  let total = 0;
  for (const { domains, sums, byNode, weight, maxSkew } of parts) {
    const domain = domains.bySlot[slot] ?? -1;
    if (domain < 0) continue;
    const count = sums[byNode ? slot : domain] ?? 0;
    total += Math.max(count, 0) * weight + maxSkew - 1;
  }
  return Math.round(total);
}

/** Turns sums around: the smallest becomes the best score. Whole numbers, as in Kubernetes. */
function normalize(scores: Float64Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const score of scores) {
    if (score === unscored) continue;
    if (score < least) least = score;
    if (score > most) most = score;
  }
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? unscored;
    if (score === unscored) scores[at] = 0;
    else scores[at] = most === 0 ? maxScore : Math.floor((maxScore * (most + least - score)) / most);
  }
}
