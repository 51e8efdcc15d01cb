import type { ClusterView } from "../cluster/cluster-view.js";
import type { Domains } from "../topology/topology-domains.js";
import type { TopologyIndex } from "../topology/topology-index.js";
import type { SpreadConstraint } from "./pod-topology-spread-constraints.js";

/** How the pods of a constraint are spread now. */
export interface Tally {
  readonly constraint: SpreadConstraint;
  readonly domains: Domains;
  /** The number of pods in each domain, by its number; -1 where nodes are, and none of them counts. */
  readonly sums: Int32Array;
  /** How many domains count. */
  readonly domainCount: number;
  /** The number of pods in the emptiest of them; 0 where there are fewer domains than the constraint asks for. */
  readonly least: number;
}

/** Counts the pods of constraints that must hold. Nodes count that have the labels of all of them. */
export function tallyAll(constraints: readonly SpreadConstraint[], index: TopologyIndex): Tally[] {
  const domains = constraints.map(({ topologyKey }) => index.domains.of(topologyKey));
  const labelled = constraints.length < 2 ? undefined : haveAll(domains, index.cluster);
  return constraints.map((constraint, at) => {
    const own = domains[at] ?? index.domains.of(constraint.topologyKey);
    const sums = sumOver(constraint, { domains: own, labelled, index });
    return { constraint, domains: own, sums, ...extremes(sums, own, constraint.minDomains) };
  });
}

/** 1 for each slot whose node has the labels of all these domains; undefined where each node has them, as almost everywhere. */
export function haveAll(all: readonly Domains[], cluster: ClusterView): Uint8Array | undefined {
  const { slots } = cluster;
  const nodeCount = cluster.nodes().length;
  if (all.every((domains) => domains.nodeCount === nodeCount)) return undefined;
  const bits = new Uint8Array(slots).fill(1);
  for (const { bySlot } of all) {
    for (let slot = 0; slot < slots; slot++) if ((bySlot[slot] ?? -1) < 0) bits[slot] = 0;
  }
  return bits;
}

interface Scope {
  readonly domains: Domains;
  /** Only nodes where it is 1 count. */
  readonly labelled: Uint8Array | undefined;
  readonly index: TopologyIndex;
}

/** The number of a constraint's pods in each domain; -1 where nodes are, and none of them counts. */
export function sumOver({ question, inclusion }: SpreadConstraint, { domains, labelled, index }: Scope): Int32Array {
  const included = inclusion === undefined ? labelled : both(index.masks.of(inclusion.key, inclusion.test), labelled);
  return included === undefined ? index.counts.sumsOf(question, domains) : sumIncluded(index.counts.countsOf(question), domains, included);
}

function both(a: Uint8Array, b: Uint8Array | undefined): Uint8Array {
  return b === undefined ? a : b.map((bit, slot) => bit & (a[slot] ?? 0));
}

function sumIncluded(counts: Int32Array, { bySlot, size }: Domains, included: Uint8Array): Int32Array {
  const sums = new Int32Array(size).fill(-1);
  for (let slot = 0; slot < included.length; slot++) {
    const domain = bySlot[slot] ?? -1;
    if (domain < 0 || included[slot] === 0) continue;
    const sum = sums[domain] ?? 0;
    sums[domain] = Math.max(sum, 0) + (counts[slot] ?? 0);
  }
  return sums;
}

function extremes(sums: Int32Array, domains: Domains, minDomains: number): Pick<Tally, "domainCount" | "least"> {
  let domainCount = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let domain = 0; domain < sums.length; domain++) {
    const sum = sums[domain] ?? -1;
    if (!counts(sum, domains, domain)) continue;
    domainCount++;
    if (sum < least) least = sum;
  }
  return { domainCount, least: domainCount === 0 || domainCount < minDomains ? 0 : least };
}

const counts = (sum: number, domains: Domains, domain: number): boolean => sum >= 0 && domains.nodesIn(domain) > 0;

/** The first of the emptiest domains that count. */
export function emptiestOf({
  domains,
  sums,
}: Pick<Tally, "domains" | "sums">): { readonly name: string; readonly sum: number } | undefined {
  let best: { readonly name: string; readonly sum: number } | undefined;
  for (let domain = 0; domain < sums.length; domain++) {
    const sum = sums[domain] ?? -1;
    if (counts(sum, domains, domain) && (best === undefined || sum < best.sum)) best = { name: domains.nameOf(domain), sum };
  }
  return best;
}

/** By how many pods too many a domain would have, were the pod placed in it; 0 or less where it may be. */
export function excess({ constraint, sums, least }: Tally, domain: number): number {
  return Math.max(sums[domain] ?? 0, 0) + constraint.self - least - constraint.maxSkew;
}
