import type { ClusterView } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { atLeast } from "./at-least.js";
import { DomainSums } from "./domain-sums.js";
import { forEachLandmark } from "./landmark.js";
import { PlacementCounter } from "./placement-counter.js";
import { formatPodClass, type PodClass, podClassOf } from "./pod-class.js";
import { SlotCounts } from "./slot-counts.js";
import type { Domains } from "./topology-domains.js";

/** Which pods are to be counted. */
export interface PodQuestion {
  /** Questions with equal keys ask for the same pods. */
  readonly key: string;
  /** A label that all of them have, as "app=web": see `landmarkOf`. Their controller, where it is that which makes them be asked for. */
  readonly landmark: string;
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
  /** Made when they are asked for. */
  counts: Int32Array | undefined;
  readonly sums: DomainSums;
}

// Each costs four bytes a node, and as much again for sums by a key of which every node is a domain. One that was dropped is counted anew from the classes of pods, not from the pods.
const mostQuestions = 2_048;

/**
 * How many placed pods of each kind that somebody asks about are on each node.
 *
 * Invariants: every placed pod is counted in its class; the counts of a question are the sums over the classes that it
 * asks for. Both follow every change, so that an answer costs nothing. The questions asked last are kept.
 */
export class PodCounts extends PlacementCounter {
  private readonly classes = new Map<string, CountedClass>();
  /** The one asked last comes last. */
  private readonly questions = new Map<string, AskedQuestion>();
  private readonly byLandmark = new Map<string, Set<AskedQuestion>>();
  /** The class that a pod was found in last; it may have been given up since. */
  private readonly found = new WeakMap<PodInfo, CountedClass>();

  constructor(private readonly cluster: ClusterView) {
    super();
  }

  /** The number of pods on each node, by slot, for all slots. Changes with the cluster: to be read at once. */
  countsOf(question: PodQuestion): Int32Array {
    const asked = this.asked(question);
    asked.counts = atLeast(asked.counts ?? countsIn(asked.classes, this.cluster.slots), this.cluster.slots);
    return asked.counts;
  }

  /** The number of pods in each domain, by its number. Changes with the cluster: to be read at once. */
  sumsOf(question: PodQuestion, domains: Domains): Int32Array {
    const { sums, classes } = this.asked(question);
    return sums.of(domains, (each) => {
      for (const { counts } of classes) counts.forEach(each);
    });
  }

  private asked(question: PodQuestion): AskedQuestion {
    const asked = this.questions.get(question.key) ?? this.ask(question);
    // The order of a map is that of insertion.
    this.questions.delete(question.key);
    this.questions.set(question.key, asked);
    return asked;
  }

  protected override count(pod: PodInfo, slot: number, difference: number): void {
    const counted = this.classOf(pod);
    counted.counts.add(slot, difference);
    for (const asked of counted.questions) {
      asked.sums.add(slot, difference);
      if (asked.counts === undefined) continue;
      asked.counts = atLeast(asked.counts, slot + 1);
      asked.counts[slot] = (asked.counts[slot] ?? 0) + difference;
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
    const look = (landmark: string): void => {
      for (const asked of this.byLandmark.get(landmark) ?? []) if (asked.question.asksFor(pods)) relate(asked, counted);
    };
    forEachLandmark(pods.labels, look);
    if (pods.controllerUid !== "") look(controllerMark(pods.controllerUid));
    return counted;
  }

  private ask(question: PodQuestion): AskedQuestion {
    const asked: AskedQuestion = { question, classes: new Set(), counts: undefined, sums: new DomainSums() };
    for (const counted of this.classes.values()) if (question.asksFor(counted.pods)) relate(asked, counted);
    if (this.questions.size >= mostQuestions) this.dropOldest();
    const alike = this.byLandmark.get(question.landmark) ?? new Set();
    this.byLandmark.set(question.landmark, alike.add(asked));
    return asked;
  }

  private dropOldest(): void {
    for (const [key, asked] of this.questions) {
      this.questions.delete(key);
      const alike = this.byLandmark.get(asked.question.landmark);
      alike?.delete(asked);
      if (alike?.size === 0) this.byLandmark.delete(asked.question.landmark);
      for (const counted of asked.classes) counted.questions.delete(asked);
      return;
    }
  }
}

/** The landmark of pods that are asked for by their controller. No label has such a key. */
export const controllerMark = (uid: string): string => `controller ${uid}`;

function countsIn(classes: Iterable<CountedClass>, slots: number): Int32Array {
  const all = new Int32Array(slots);
  for (const { counts } of classes) {
    counts.forEach((slot, amount) => {
      all[slot] = (all[slot] ?? 0) + amount;
    });
  }
  return all;
}

function relate(asked: AskedQuestion, counted: CountedClass): void {
  asked.classes.add(counted);
  counted.questions.add(asked);
}
