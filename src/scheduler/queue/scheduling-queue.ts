import { abortable, type Deferred, deferred } from "../../base/abort.js";
import { type BackoffOptions, backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** Kubernetes' own: a pod that was tried in vain is tried again after 1 s at the soonest, after 10 s at the latest. */
export const schedulingBackoff: BackoffOptions = { initialMs: 1_000, maxMs: 10_000, jitter: "none" };

/** A pod that waits for a node. */
export interface QueuedPod {
  /** As last seen. */
  pod: PodInfo;
  /** When it came into the queue, by the monotonic clock. */
  readonly sinceMs: number;
  /** How often it was tried. */
  attempts: number;
  /** What its PodScheduled condition was last told, so that the same is not written twice. */
  explained: string | undefined;
}

type Place = "active" | "backoff" | "unschedulable" | "taken";

interface Entry {
  readonly queued: QueuedPod;
  place: Place;
  /** When it may be tried again, by the monotonic clock. */
  dueMs: number;
}

/**
 * The pods that wait for a node: those to be tried now, those to be tried after a while, and those that no node suits
 * until something changes.
 *
 * Invariants: a pod, known by its uid, is in exactly one place; one that was taken stays known until it is put back
 * or removed; `next` gives pods in the order in which they became active.
 */
export class SchedulingQueue {
  private readonly entries = new Map<string, Entry>();
  /** Uids in order; some may have left since. */
  private active: string[] = [];
  private waiting: Deferred<void> | undefined;
  private cancelTimer: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  /** Adds a pod, or takes note of its newer version; one that no node suited is tried again, for it may ask for less now. */
  put(pod: PodInfo, changed = true): void {
    const entry = this.entries.get(pod.uid);
    if (entry === undefined) {
      const queued: QueuedPod = { pod, sinceMs: this.clock.monotonicMs(), attempts: 0, explained: undefined };
      const added: Entry = { queued, place: "active", dueMs: 0 };
      this.entries.set(pod.uid, added);
      this.activate(added);
      return;
    }
    entry.queued.pod = pod;
    if (changed && entry.place === "unschedulable") this.release(entry);
  }

  /** Forgets a pod: it is bound, gone, or no longer ours. */
  remove(uid: string): void {
    this.entries.delete(uid);
  }

  /** Takes the next pod to be tried, waiting for one. Rejects with an abort error when `signal` fires. */
  async next(signal: AbortSignal): Promise<QueuedPod> {
    for (;;) {
      const taken = this.take();
      if (taken !== undefined) return taken;
      this.waiting ??= deferred();
      await abortable(this.waiting.promise, signal);
    }
  }

  /** Puts back a pod that no node suits: it waits for `wake`. */
  suspend(queued: QueuedPod): void {
    this.putBack(queued, "unschedulable");
  }

  /** Puts back a pod whose binding failed: it is tried again after its backoff. */
  retry(queued: QueuedPod): void {
    this.putBack(queued, "backoff");
    this.armTimer();
  }

  /**
   * Something changed that may suit pods that nothing suited before. `immediately`: even those that were tried a moment
   * ago, for changes as rare as a new node; otherwise a pod first waits for the end of its backoff.
   */
  wake(options: { readonly immediately: boolean }): void {
    for (const entry of this.entries.values()) {
      if (entry.place === "unschedulable") this.release(entry, options.immediately);
    }
  }

  /** Stops the timer. */
  close(): void {
    this.cancelTimer();
  }

  /** How many pods are in each place, for metrics. */
  sizes(): Readonly<Record<Place, number>> {
    const sizes = { active: 0, backoff: 0, unschedulable: 0, taken: 0 };
    for (const { place } of this.entries.values()) sizes[place]++;
    return sizes;
  }

  private take(): QueuedPod | undefined {
    for (let uid = this.active.shift(); uid !== undefined; uid = this.active.shift()) {
      const entry = this.entries.get(uid);
      if (entry?.place !== "active") continue;
      entry.place = "taken";
      entry.queued.attempts++;
      return entry.queued;
    }
    return undefined;
  }

  private putBack(queued: QueuedPod, place: "backoff" | "unschedulable"): void {
    const entry = this.entries.get(queued.pod.uid);
    // It was removed, or removed and added anew, while it was being tried.
    if (entry?.queued !== queued) return;
    entry.place = place;
    entry.dueMs = this.clock.monotonicMs() + backoffMs(queued.attempts, schedulingBackoff);
  }

  private release(entry: Entry, immediately = false): void {
    if (immediately || entry.dueMs <= this.clock.monotonicMs()) {
      this.activate(entry);
      return;
    }
    entry.place = "backoff";
    this.armTimer();
  }

  private activate(entry: Entry): void {
    entry.place = "active";
    this.active.push(entry.queued.pod.uid);
    this.waiting?.resolve();
    this.waiting = undefined;
  }

  /** One timer, for the pod that is due first. */
  private armTimer(): void {
    this.cancelTimer();
    const due = this.inBackoff().map(({ dueMs }) => dueMs);
    if (due.length === 0) return;
    this.cancelTimer = this.clock.after(Math.max(0, Math.min(...due) - this.clock.monotonicMs()), () => this.onTimer());
  }

  private onTimer(): void {
    const nowMs = this.clock.monotonicMs();
    for (const entry of this.inBackoff()) if (entry.dueMs <= nowMs) this.activate(entry);
    this.armTimer();
  }

  private inBackoff(): Entry[] {
    return [...this.entries.values()].filter(({ place }) => place === "backoff");
  }
}
