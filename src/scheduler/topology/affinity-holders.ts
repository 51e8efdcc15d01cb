import type { Affinity } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { type AffinityTerm, type AffinityTerms, affinityTermsOf, meansPod } from "./affinity-terms.js";
import { DomainSums } from "./domain-sums.js";
import { forEachLandmark } from "./landmark.js";
import { PlacementCounter } from "./placement-counter.js";
import { SlotCounts } from "./slot-counts.js";
import type { Domains } from "./topology-domains.js";

/** What placed pods say of company: that they must have it, or must not, or would rather have it. */
export type HeldKind = "sought" | "avoided" | "preferred";

/** A term that placed pods have. */
export interface HeldTerm {
  readonly term: AffinityTerm;
  /** As a `WeightedTerm`'s; 0 of what is required. */
  readonly weight: number;
  /** On which nodes they are, and how many. */
  readonly counts: SlotCounts;
  readonly sums: DomainSums;
}

/** How many pods that have a term are in each domain, by its number. Changes with the cluster: to be read at once. */
export function sumsHeld({ counts, sums }: HeldTerm, domains: Domains): Int32Array {
  // Of the many terms that few pods have, it would take more memory to keep them than time to add them up.
  const kept = counts.areFew ? new DomainSums() : sums;
  return kept.of(domains, (each) => counts.forEach(each));
}

/**
 * On which nodes there are pods that say something of other pods' company, by what they say.
 *
 * Invariants: each distinct term that placed pods have is held once, with the number of those pods on each node; no
 * other terms are held. Terms are found by a label that all pods must have whom they mean.
 */
export class AffinityHolders extends PlacementCounter {
  private readonly held: Readonly<Record<HeldKind, Map<string, Map<string, HeldTerm>>>> = {
    sought: new Map(),
    avoided: new Map(),
    preferred: new Map(),
  };
  /** By what pods alike share; the namespace is part of what it means. */
  private readonly terms = new WeakMap<Affinity, { readonly namespace: string; readonly terms: AffinityTerms | undefined }>();

  /** The terms of placed pods that mean this pod. @param namespaceLabels those of its namespace */
  meaning(pod: PodInfo, kind: HeldKind, namespaceLabels: Readonly<Record<string, string>> | undefined): HeldTerm[] {
    const byLandmark = this.held[kind];
    if (byLandmark.size === 0) return [];
    const found: HeldTerm[] = [];
    const collect = (landmark: string): void => {
      for (const held of byLandmark.get(landmark)?.values() ?? []) if (meansPod(held.term, pod, namespaceLabels)) found.push(held);
    };
    forEachLandmark(pod.pod.metadata.labels, collect);
    return found;
  }

  /** As `affinityTermsOf`, found out once for pods alike. */
  termsOf(pod: PodInfo): AffinityTerms | undefined {
    const { metadata, spec } = pod.pod;
    if (spec.affinity === undefined) return undefined;
    const { namespace } = metadata;
    const known = this.terms.get(spec.affinity);
    if (known?.namespace === namespace) return known.terms;
    const terms = affinityTermsOf(pod);
    this.terms.set(spec.affinity, { namespace, terms });
    return terms;
  }

  protected override count(pod: PodInfo, slot: number, difference: number): void {
    const terms = this.termsOf(pod);
    if (terms === undefined) return;
    for (const term of terms.sought) this.add("sought", { term, weight: 0, slot, difference });
    for (const term of terms.avoided) this.add("avoided", { term, weight: 0, slot, difference });
    for (const { term, weight } of terms.preferred) this.add("preferred", { term, weight, slot, difference });
  }

  private add(kind: HeldKind, { term, weight, slot, difference }: Held): void {
    const byLandmark = this.held[kind];
    const terms = byLandmark.get(term.landmark) ?? new Map<string, HeldTerm>();
    const key = `${weight};${term.key}`;
    const held = terms.get(key) ?? { term, weight, counts: new SlotCounts(), sums: new DomainSums() };
    byLandmark.set(term.landmark, terms.set(key, held));
    held.counts.add(slot, difference);
    held.sums.add(slot, difference);
    if (!held.counts.isEmpty) return;
    terms.delete(key);
    if (terms.size === 0) byLandmark.delete(term.landmark);
  }
}

interface Held {
  readonly term: AffinityTerm;
  readonly weight: number;
  readonly slot: number;
  readonly difference: number;
}
