import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { type HeldTerm, sumsHeld } from "../topology/affinity-holders.js";
import { type AffinityTerm, type AffinityTerms, questionOf } from "../topology/affinity-terms.js";
import { podClassOf } from "../topology/pod-class.js";
import type { PodQuestion } from "../topology/pod-counts.js";
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
  /** Where there are placed pods that avoid the pod. */
  readonly shunned: readonly Shunned[];
  /** What those pods avoid, each term with the number of pods that have it: for explanations. */
  avoiding(): readonly TermTally[];
}

/** The domains of a topology that a pod must not be in, by the terms that few pods have and by those that many have. */
interface Shunned {
  readonly domains: Domains;
  readonly few: Set<number>;
  readonly many: Int32Array[];
}

/** @returns undefined when neither the pod nor a placed one requires anything */
export function tallyAffinity(pod: PodInfo, terms: AffinityTerms | undefined, index: TopologyIndex): AffinityTally | undefined {
  const { sought = [], avoided = [] } = terms ?? {};
  const held = index.holders.meaning(pod, "avoided", index.cluster.namespaceLabels(pod.pod.metadata.namespace));
  if (sought.length === 0 && avoided.length === 0 && held.length === 0) return undefined;
  return {
    pod,
    ...tallySought(pod, sought, index),
    avoided: avoided.map((term) => tallyOf(term, questionOf([term], index.cluster), index)),
    shunned: shunnedFor(held, index),
    avoiding: () => held.map((one) => tallyHeld(one, index)),
  };
}

function tallySought(pod: PodInfo, terms: readonly AffinityTerm[], index: TopologyIndex): Pick<AffinityTally, "sought" | "isFirst"> {
  if (terms.length === 0) return { sought: [], isFirst: false };
  const question = questionOf(terms, index.cluster);
  const sought = terms.map((term) => tallyOf(term, question, index));
  const isFirst = question.asksFor(podClassOf(pod)) && sought.every(({ sums }) => sums.every((sum) => sum === 0));
  return { sought, isFirst };
}

function tallyOf(term: AffinityTerm, question: PodQuestion, index: TopologyIndex): TermTally {
  const domains = index.domains.of(term.topologyKey);
  return { term, domains, sums: index.counts.sumsOf(question, domains) };
}

function shunnedFor(held: readonly HeldTerm[], index: TopologyIndex): Shunned[] {
  const byKey = new Map<string, Shunned>();
  for (const one of held) {
    const { topologyKey } = one.term;
    const domains = index.domains.of(topologyKey);
    const shunned = byKey.get(topologyKey) ?? { domains, few: new Set(), many: [] };
    byKey.set(topologyKey, shunned);
    if (!one.counts.areFew) {
      shunned.many.push(sumsHeld(one, domains));
      continue;
    }
    // An array over all domains for each pod that is to be placed would be much to make for a few nodes.
    one.counts.forEach((slot) => {
      shunned.few.add(domains.bySlot[slot] ?? -1);
    });
  }
  return [...byKey.values()];
}

/** Whether there are pods near a node that avoid the pod. */
export function isShunned({ domains, few, many }: Shunned, { slot }: NodeInfo): boolean {
  const domain = domains.bySlot[slot] ?? -1;
  return domain >= 0 && (few.has(domain) || many.some((sums) => (sums[domain] ?? 0) > 0));
}

function tallyHeld(held: HeldTerm, index: TopologyIndex): TermTally {
  const domains = index.domains.of(held.term.topologyKey);
  return { term: held.term, domains, sums: sumsHeld(held, domains) };
}

/** Adds what is in each domain, by its weight. */
export function addWeighted(target: Float64Array, sums: Int32Array, weight: number): void {
  for (let domain = 0; domain < sums.length; domain++) {
    const sum = sums[domain] ?? 0;
    if (sum !== 0) target[domain] = (target[domain] ?? 0) + weight * sum;
  }
}

/** How many of a term's pods are in a node's domain; undefined when it is in none. */
export function countNear({ domains, sums }: TermTally, { slot }: NodeInfo): number | undefined {
  const domain = domains.bySlot[slot] ?? -1;
  return domain < 0 ? undefined : sums[domain];
}
