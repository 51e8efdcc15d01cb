import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { HeldTerm } from "../topology/affinity-holders.js";
import { type AffinityTerm, type AffinityTerms, questionOf } from "../topology/affinity-terms.js";
import { podClassOf } from "../topology/pod-class.js";
import type { SlotCounts } from "../topology/slot-counts.js";
import type { Domains } from "../topology/topology-domains.js";
import type { TopologyIndex } from "../topology/topology-index.js";

/** How many pods that matter to a term are in each domain of its topology, by the domain's number. */
export interface TermTally {
  readonly term: AffinityTerm;
  readonly domains: Domains;
  readonly sums: Int32Array;
}

/** What a pod and the placed pods require of each other, counted. */
export interface AffinityTally {
  readonly pod: PodInfo;
  /** The pod's own terms, in their order. All count the pods that all of them mean. */
  readonly sought: readonly TermTally[];
  /** Whether the pod may be the first of those that seek each other: there are none yet, and it is one itself. */
  readonly isFirst: boolean;
  /** The pod's own, in their order. */
  readonly avoided: readonly TermTally[];
  /** What placed pods avoid, and the pod is; each term with the number of pods that have it. */
  readonly avoiding: readonly TermTally[];
}

/** @returns undefined when neither the pod nor a placed one requires anything */
export function tallyAffinity(pod: PodInfo, terms: AffinityTerms | undefined, index: TopologyIndex): AffinityTally | undefined {
  const { sought = [], avoided = [] } = terms ?? {};
  const held = index.holders.meaning(pod, "avoided", index.cluster.namespaceLabels(pod.pod.metadata.namespace));
  if (sought.length === 0 && avoided.length === 0 && held.length === 0) return undefined;
  return {
    pod,
    ...tallySought(pod, sought, index),
    avoided: avoided.map((term) => tallyOf(term, index.counts.countsOf(questionOf([term], index.cluster)), index)),
    avoiding: held.map((one) => tallyHeld(one, index)),
  };
}

function tallySought(pod: PodInfo, terms: readonly AffinityTerm[], index: TopologyIndex): Pick<AffinityTally, "sought" | "isFirst"> {
  if (terms.length === 0) return { sought: [], isFirst: false };
  const question = questionOf(terms, index.cluster);
  const counts = index.counts.countsOf(question);
  const sought = terms.map((term) => tallyOf(term, counts, index));
  const isFirst = question.asksFor(podClassOf(pod)) && sought.every(({ sums }) => sums.every((sum) => sum === 0));
  return { sought, isFirst };
}

function tallyOf(term: AffinityTerm, counts: Int32Array, index: TopologyIndex): TermTally {
  const domains = index.domains.of(term.topologyKey);
  const sums = new Int32Array(domains.size);
  addCounts(sums, counts, domains, index.cluster.slots);
  return { term, domains, sums };
}

function tallyHeld({ term, counts }: HeldTerm, index: TopologyIndex): TermTally {
  const domains = index.domains.of(term.topologyKey);
  const sums = new Int32Array(domains.size);
  addSlotCounts(sums, counts, domains, 1);
  return { term, domains, sums };
}

/** Adds to each domain what its nodes count. */
export function addCounts(sums: Int32Array | Float64Array, counts: Int32Array, { bySlot }: Domains, slots: number, weight = 1): void {
  for (let slot = 0; slot < slots; slot++) {
    const count = counts[slot] ?? 0;
    if (count === 0) continue;
    const domain = bySlot[slot] ?? -1;
    if (domain >= 0) sums[domain] = (sums[domain] ?? 0) + weight * count;
  }
}

/** As `addCounts`, of counts that mostly are few. */
export function addSlotCounts(sums: Int32Array | Float64Array, counts: SlotCounts, { bySlot }: Domains, weight: number): void {
  counts.forEach((slot, amount) => {
    const domain = bySlot[slot] ?? -1;
    if (domain >= 0) sums[domain] = (sums[domain] ?? 0) + weight * amount;
  });
}

/** How many of a term's pods are in a node's domain; undefined when it is in none. */
export function countNear({ domains, sums }: TermTally, { slot }: NodeInfo): number | undefined {
  const domain = domains.bySlot[slot] ?? -1;
  return domain < 0 ? undefined : sums[domain];
}
