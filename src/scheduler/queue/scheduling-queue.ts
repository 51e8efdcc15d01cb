import { abortable, type Deferred, deferred } from "../../base/abort.js";
import { type BackoffOptions, backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { anyChange, type ClusterEvent, mayHelp, type WakeHints } from "../framework/cluster-event.js";
import { EventsInFlight } from "./events-in-flight.js";
import { Heap } from "./heap.js";
import type { Entry, Place, QueuedPod } from "./queued-pod.js";
import { Sleepers } from "./sleepers.js";

/** Kubernetes' own: a pod that was tried in vain is tried again after 1 s at the soonest, after 10 s at the latest. */
export const schedulingBackoff: BackoffOptions = { initialMs: 1_000, maxMs: 10_000, jitter: "none" };

/** Kubernetes' own: whatever the hints say, no pod waits longer than this for its next attempt. */
export const longestSuspensionMs = 5 * 60_000;

export interface SchedulingQueueDeps {
  readonly clock: Clock;
  /** `schedulingBackoff` by default. */
  readonly backoff?: BackoffOptions | undefined;
  /** What may help a pod that a plugin refused; undefined where that is not known. */
  readonly hintsOf: (pod: PodInfo, plugin: string) => WakeHints | undefined;
  /** Whether a pod must not be tried yet. */
  readonly isGated: (pod: PodInfo) => boolean;
}

/**
 * The pods that wait for a node: those to be tried now, those to be tried after a while, those that no node suits until
 * something changes, and those that must not be tried yet.
 *
 * Invariants: a pod, known by its uid, is in exactly one place; one that was taken stays known until it is put back
 * or removed; of the active pods `next` gives that with the highest priority, then that which has waited longest since
 * it came or was put back; nothing that happens while a pod is being tried is lost to it; a suspended pod is tried
 * again after `longestSuspensionMs` and its backoff at the latest.
 */
export class SchedulingQueue {
  private readonly entries = new Map<string, Entry>();
  private readonly active = new Heap<"heapIndex", Entry>("heapIndex", comesFirst);
  private readonly backoff = new Heap<"heapIndex", Entry>("heapIndex", (a, b) => a.dueMs < b.dueMs);
  /** Those in backoff that may be tried before its end while nothing else is there to do. */
  private readonly eager = new Heap<"eagerIndex", Entry>("eagerIndex", comesFirst);
  private readonly sleepers = new Sleepers();
  private readonly inFlight = new EventsInFlight();
  private gated = 0;
  private taken = 0;
  private lastOrder = 0;
  private isClosed = false;
  private waiting: Deferred<void> | undefined;
  private timer: { readonly dueMs: number; readonly cancel: () => void } | undefined;

  constructor(private readonly deps: SchedulingQueueDeps) {}

  /** Adds a pod, or takes note of its newer version; `changed` when its spec is another: then other nodes may suit it. */
  put(pod: PodInfo, changed = true): void {
    const known = this.entries.get(pod.uid);
    const entry = known ?? this.newEntry(pod);
    entry.queued.pod = pod;
    if (known === undefined || entry.place === "gated") {
      if (!this.deps.isGated(pod)) this.activate(entry);
      else if (known === undefined) this.enter(entry, "gated");
    } else if (changed && entry.place === "taken") entry.isStale = true;
    else if (changed && entry.place === "unschedulable") this.release(entry, true);
  }

  /** Forgets a pod: it is bound, gone, or no longer ours. */
  remove(uid: string): void {
    const entry = this.entries.get(uid);
    if (entry === undefined) return;
    this.leave(entry);
    this.inFlight.forget(uid);
    this.entries.delete(uid);
  }

  /** Takes the next pod to be tried, waiting for one. Rejects with an abort error when `signal` fires. */
  async next(signal: AbortSignal): Promise<QueuedPod> {
    for (;;) {
      const taken = this.tryNext();
      if (taken !== undefined) return taken;
      this.waiting ??= deferred();
      await abortable(this.waiting.promise, signal);
    }
  }

  /** Takes the next pod to be tried, if there is one. */
  tryNext(): QueuedPod | undefined {
    const entry = this.active.peek() ?? this.eager.peek();
    if (entry === undefined) return undefined;
    this.enter(entry, "taken");
    entry.queued.attempts++;
    this.inFlight.begin(entry.queued.pod.uid);
    return entry.queued;
  }

  /** Whether a pod that was taken is still to be tried: it may have gone, or been bound by another, since. */
  isTaken(queued: QueuedPod): boolean {
    const entry = this.entries.get(queued.pod.uid);
    return entry?.queued === queued && entry.place === "taken";
  }

  /** Puts back a pod that no node suits; it waits for something that may help, by the plugins that refused it. */
  suspend(queued: QueuedPod, refusedBy: Iterable<string>): void {
    const entry = this.putBack(queued);
    if (entry === undefined) return;
    const hints = new Set<WakeHints>();
    for (const plugin of refusedBy) hints.add(this.deps.hintsOf(queued.pod, plugin) ?? anyChange);
    entry.hints = hints.size === 0 ? [anyChange] : [...hints];
    const missed = this.inFlight.end(queued.pod.uid);
    const mayHaveBeenHelped = missed === "too much" || missed.some((event) => entry.hints.some((of) => mayHelp(of, event, queued.pod)));
    if (entry.isStale || mayHaveBeenHelped) this.release(entry, entry.isStale);
    else this.enter(entry, "unschedulable");
  }

  /** Puts back a pod whose attempt failed for a reason that is not the pod's or the nodes': tried again after its backoff. */
  retry(queued: QueuedPod): void {
    const entry = this.putBack(queued);
    if (entry === undefined) return;
    this.inFlight.forget(queued.pod.uid);
    this.enter(entry, "backoff");
  }

  /** Something changed that may suit pods that nothing suited before. */
  notify(event: ClusterEvent): void {
    this.inFlight.note(event);
    for (const entry of this.sleepers.wokenBy(event)) this.release(entry, isRare(event));
  }

  /** Has a pod tried at once, whatever it waits for: what it needs was made for it. Nothing happens to one that is being tried. */
  tryNow(uid: string): void {
    const entry = this.entries.get(uid);
    if (entry?.place === "unschedulable" || entry?.place === "backoff") this.activate(entry);
  }

  /** Stops the timer for good. */
  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** How many pods are in each place. */
  sizes(): Readonly<Record<Place, number>> {
    const { active, backoff, sleepers, gated, taken } = this;
    return { active: active.size, backoff: backoff.size, unschedulable: sleepers.size, gated, taken };
  }

  private newEntry(pod: PodInfo): Entry {
    const sinceMs = this.deps.clock.monotonicMs();
    const queued: QueuedPod = { pod, sinceMs, attempts: 0, explained: undefined, told: nothingTold };
    const places = { heapIndex: -1, eagerIndex: -1 };
    const entry: Entry = {
      queued,
      place: "active",
      order: ++this.lastOrder,
      dueMs: 0,
      suspendedMs: 0,
      hints: [],
      isStale: false,
      ...places,
    };
    this.entries.set(pod.uid, entry);
    return entry;
  }

  /** @returns undefined for a pod that was removed, or removed and added anew, while it was being tried */
  private putBack(queued: QueuedPod): Entry | undefined {
    const entry = this.isTaken(queued) ? this.entries.get(queued.pod.uid) : undefined;
    if (entry === undefined) return undefined;
    // A pod that was tried in vain lets those that came meanwhile go first.
    entry.order = ++this.lastOrder;
    entry.suspendedMs = this.deps.clock.monotonicMs();
    entry.dueMs = entry.suspendedMs + backoffMs(queued.attempts, this.deps.backoff ?? schedulingBackoff);
    return entry;
  }

  /** Lets a pod be tried again: now, if its backoff is over, otherwise then; an eager one before if there is nothing else to do. */
  private release(entry: Entry, isEager: boolean): void {
    if (entry.dueMs <= this.deps.clock.monotonicMs()) {
      this.activate(entry);
      return;
    }
    this.enter(entry, "backoff");
    if (!isEager) return;
    this.eager.push(entry);
    this.awake();
  }

  private activate(entry: Entry): void {
    this.enter(entry, "active");
    this.awake();
  }

  private awake(): void {
    this.waiting?.resolve();
    this.waiting = undefined;
  }

  private enter(entry: Entry, place: Place): void {
    this.leave(entry);
    entry.place = place;
    if (place === "active") this.active.push(entry);
    else if (place === "backoff") this.backoff.push(entry);
    else if (place === "unschedulable") this.sleepers.add(entry);
    else this[place]++;
    if (place === "taken") entry.isStale = false;
    else if (place === "backoff") this.armTimer(entry.dueMs);
    else if (place === "unschedulable") this.armTimer(entry.suspendedMs + longestSuspensionMs);
  }

  private leave(entry: Entry): void {
    if (entry.place === "active") this.active.delete(entry);
    else if (entry.place === "backoff") {
      this.backoff.delete(entry);
      this.eager.delete(entry);
    } else if (entry.place === "unschedulable") this.sleepers.delete(entry);
    else this[entry.place]--;
  }

  /** One timer, for what is due first; it may have gone elsewhere by then, which costs one turn. */
  private armTimer(dueMs: number): void {
    // What is put back when a term has ended must not be waited for.
    if (this.isClosed || (this.timer !== undefined && this.timer.dueMs <= dueMs)) return;
    this.timer?.cancel();
    this.timer = { dueMs, cancel: this.deps.clock.after(Math.max(0, dueMs - this.deps.clock.monotonicMs()), () => this.onTimer()) };
  }

  private onTimer(): void {
    this.timer = undefined;
    const nowMs = this.deps.clock.monotonicMs();
    for (let entry = this.backoff.peek(); entry !== undefined && entry.dueMs <= nowMs; entry = this.backoff.peek()) this.activate(entry);
    for (let entry = this.sleepers.oldest(); entry !== undefined && isOverdue(entry, nowMs); entry = this.sleepers.oldest()) {
      this.release(entry, false);
    }
    const [due, sleeper] = [this.backoff.peek(), this.sleepers.oldest()];
    if (due !== undefined) this.armTimer(due.dueMs);
    if (sleeper !== undefined) this.armTimer(sleeper.suspendedMs + longestSuspensionMs);
  }
}

const nothingTold = Promise.resolve();

const isOverdue = ({ suspendedMs }: Entry, nowMs: number): boolean => suspendedMs + longestSuspensionMs <= nowMs;

function comesFirst(a: Entry, b: Entry): boolean {
  const difference = a.queued.pod.priority - b.queued.pod.priority;
  return difference === 0 ? a.order < b.order : difference > 0;
}

/** Changes that are rare enough to look at once whether they help; pods come and go by the thousand. */
function isRare({ kind }: ClusterEvent): boolean {
  return kind === "nodeAdded" || kind === "nodeUpdated" || kind === "nodeRemoved" || kind === "namespaceUpdated";
}
