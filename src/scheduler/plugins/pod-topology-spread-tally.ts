import type { Domains } from "../topology/topology-domains.js";
import type { TopologyIndex } from "../topology/topology-index.js";
import type { SpreadConstraint } from "./pod-topology-spread-constraints.js";

/** How the pods of a constraint are spread now. */
export interface Tally {
  readonly constraint: SpreadConstraint;
  readonly domains: Domains;
  /** The number of pods in each domain, by its number; -1 for a domain that does not count, as none of its nodes does. */
  readonly sums: Int32Array;
  /** How many domains count. */
  readonly domainCount: number;
  /** The number of pods in the emptiest of them; 0 where there are fewer domains than the constraint asks for. */
  readonly least: number;
}

/** Counts the pods of constraints that must hold. Nodes count that have the labels of all of them. */
export function tallyAll(constraints: readonly SpreadConstraint[], index: TopologyIndex): Tally[] {
  const domains = constraints.map(({ topologyKey }) => index.domains.of(topologyKey));
  const labelled = constraints.length < 2 ? undefined : haveAll(domains, index.cluster.slots);
  return constraints.map((constraint, at) => {
    const own = domains[at] ?? index.domains.of(constraint.topologyKey);
    const sums = sumOver(constraint, { domains: own, labelled, index });
    return { constraint, domains: own, sums, ...extremes(sums, constraint.minDomains) };
  });
}

/** 1 for each slot whose node has the labels of all these domains. */
export function haveAll(all: readonly Domains[], slots: number): Uint8Array {
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

/** The number of a constraint's pods in each domain; -1 where no node counts. */
export function sumOver({ question, inclusion }: SpreadConstraint, { domains, labelled, index }: Scope): Int32Array {
  const counts = index.counts.countsOf(question);
  const included = inclusion === undefined ? labelled : both(index.masks.of(inclusion.key, inclusion.test), labelled);
  const sums = new Int32Array(domains.size);
  markUncounted(sums, domains, included);
  const { bySlot } = domains;
  const { slots } = index.cluster;
  for (let slot = 0; slot < slots; slot++) {
    const count = counts[slot] ?? 0;
    // Of most kinds there are pods on few nodes only: this decides how long it takes.
    if (count === 0) continue;
    const domain = bySlot[slot] ?? -1;
    if (domain < 0 || (included !== undefined && included[slot] === 0)) continue;
    sums[domain] = (sums[domain] ?? 0) + count;
  }
  return sums;
}

function both(a: Uint8Array, b: Uint8Array | undefined): Uint8Array {
  return b === undefined ? a : b.map((bit, slot) => bit & (a[slot] ?? 0));
}

/** Sets the sums of domains of which no node counts to -1. */
function markUncounted(sums: Int32Array, domains: Domains, included: Uint8Array | undefined): void {
  if (included === undefined) {
    for (let domain = 0; domain < sums.length; domain++) if (domains.nodesIn(domain) === 0) sums[domain] = -1;
    return;
  }
  sums.fill(-1);
  const { bySlot } = domains;
  for (let slot = 0; slot < included.length; slot++) {
    const domain = bySlot[slot] ?? -1;
    if (domain >= 0 && included[slot] === 1) sums[domain] = 0;
  }
}

function extremes(sums: Int32Array, minDomains: number): Pick<Tally, "domainCount" | "least"> {
  let domainCount = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const sum of sums) {
    if (sum < 0) continue;
    domainCount++;
    if (sum < least) least = sum;
  }
  return { domainCount, least: domainCount === 0 || domainCount < minDomains ? 0 : least };
}

/** By how many pods too many a domain would have, were the pod placed in it; 0 or less where it may be. */
export function excess({ constraint, sums, least }: Tally, domain: number): number {
  return Math.max(sums[domain] ?? 0, 0) + constraint.self - least - constraint.maxSkew;
}
