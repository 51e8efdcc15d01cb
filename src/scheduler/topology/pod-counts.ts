import type { ClusterView, NodeInfo, PlacementObserver } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { atLeast } from "./at-least.js";
import { DomainSums } from "./domain-sums.js";
import { formatPodClass, type PodClass, podClassOf } from "./pod-class.js";
import { SlotCounts } from "./slot-counts.js";
import type { Domains } from "./topology-domains.js";

/** Which pods are to be counted. */
export interface PodQuestion {
  /** Questions with equal keys ask for the same pods. */
  readonly key: string;
  asksFor(pods: PodClass): boolean;
}

interface CountedClass {
  readonly key: string;
  readonly pods: PodClass;
  readonly counts: SlotCounts;
  /** Those that ask for it. */
  readonly questions: Set<AskedQuestion>;
}

interface AskedQuestion {
  readonly question: PodQuestion;
  readonly classes: Set<CountedClass>;
  counts: Int32Array;
  readonly sums: DomainSums;
}

// Each costs four bytes a node. One that was dropped is counted anew from the classes of pods, not from the pods.
const mostQuestions = 512;

/**
 * How many placed pods of each kind that somebody asks about are on each node.
 *
 * Invariants: every placed pod is counted in its class; the counts of a question are the sums over the classes that it
 * asks for. Both follow every change, so that an answer costs nothing. The questions asked last are kept.
 */
export class PodCounts implements PlacementObserver {
  private readonly classes = new Map<string, CountedClass>();
  /** The one asked last comes last. */
  private readonly questions = new Map<string, AskedQuestion>();
  /** The class that a pod was found in last; it may have been given up since. */
  private readonly found = new WeakMap<PodInfo, CountedClass>();
  private readonly known = new Set<number>();

  constructor(private readonly cluster: ClusterView) {}

  /** The number of pods on each node, by slot, for all slots. Changes with the cluster: to be read at once. */
  countsOf(question: PodQuestion): Int32Array {
    return this.asked(question).counts;
  }

  /** The number of pods in each domain, by its number. Changes with the cluster: to be read at once. */
  sumsOf(question: PodQuestion, domains: Domains): Int32Array {
    const { sums, classes } = this.asked(question);
    return sums.of(domains, (each) => {
      for (const { counts } of classes) counts.forEach(each);
    });
  }

  placed(pod: PodInfo, { slot }: NodeInfo): void {
    this.count(pod, slot, 1);
  }

  removed(pod: PodInfo, { slot }: NodeInfo): void {
    this.count(pod, slot, -1);
  }

  nodeSet({ slot, pods }: NodeInfo): void {
    if (this.known.has(slot)) return;
    this.known.add(slot);
    for (const pod of pods.values()) this.count(pod, slot, 1);
  }

  nodeRemoved({ slot, pods }: NodeInfo): void {
    this.known.delete(slot);
    for (const pod of pods.values()) this.count(pod, slot, -1);
  }

  private asked(question: PodQuestion): AskedQuestion {
    const asked = this.questions.get(question.key) ?? this.ask(question);
    // The order of a map is that of insertion.
    this.questions.delete(question.key);
    this.questions.set(question.key, asked);
    asked.counts = atLeast(asked.counts, this.cluster.slots);
    return asked;
  }

  private count(pod: PodInfo, slot: number, difference: number): void {
    const counted = this.classOf(pod);
    counted.counts.add(slot, difference);
    for (const asked of counted.questions) {
      asked.counts = atLeast(asked.counts, slot + 1);
      asked.counts[slot] = (asked.counts[slot] ?? 0) + difference;
      asked.sums.add(slot, difference);
    }
    if (!counted.counts.isEmpty) return;
    this.classes.delete(counted.key);
    for (const asked of counted.questions) asked.classes.delete(counted);
  }

  private classOf(pod: PodInfo): CountedClass {
    const found = this.found.get(pod);
    if (found !== undefined && this.classes.get(found.key) === found) return found;
    const pods = podClassOf(pod);
    const key = found?.key ?? formatPodClass(pods);
    const counted = this.classes.get(key) ?? this.addClass(key, pods);
    this.found.set(pod, counted);
    return counted;
  }

  private addClass(key: string, pods: PodClass): CountedClass {
    const counted: CountedClass = { key, pods, counts: new SlotCounts(), questions: new Set() };
    this.classes.set(key, counted);
    for (const asked of this.questions.values()) if (asked.question.asksFor(pods)) relate(asked, counted);
    return counted;
  }

  private ask(question: PodQuestion): AskedQuestion {
    const asked: AskedQuestion = { question, classes: new Set(), counts: new Int32Array(this.cluster.slots), sums: new DomainSums() };
    for (const counted of this.classes.values()) {
      if (!question.asksFor(counted.pods)) continue;
      relate(asked, counted);
      counted.counts.forEach((slot, amount) => {
        asked.counts[slot] = (asked.counts[slot] ?? 0) + amount;
      });
    }
    if (this.questions.size >= mostQuestions) this.dropOldest();
    return asked;
  }

  private dropOldest(): void {
    for (const [key, asked] of this.questions) {
      this.questions.delete(key);
      for (const counted of asked.classes) counted.questions.delete(asked);
      return;
    }
  }
}

function relate(asked: AskedQuestion, counted: CountedClass): void {
  asked.classes.add(counted);
  counted.questions.add(asked);
}
