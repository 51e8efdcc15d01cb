import { formatKey, keyOf } from "../../api/object.js";
import { abortable } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { ClusterState } from "../cluster/cluster-state.js";
import { nodeNameOf, type PodInfo } from "../cluster/pod-info.js";
import type { PodShapes } from "../cluster/pod-shapes.js";
import { unschedulableSentence } from "../cycle/sentence.js";
import type { Profile, ReservePlugin } from "../framework/plugin.js";
import type { Refusal } from "../framework/refusal.js";
import type { QueuedPod } from "../queue/queued-pod.js";
import type { SchedulingQueue } from "../queue/scheduling-queue.js";
import type { SchedulerMetrics } from "../scheduler-metrics.js";
import type { Binder, BindOutcome } from "./binder.js";
import type { PodReporter } from "./pod-reporter.js";
import type { Slots } from "./slots.js";

export interface PlacerDeps {
  readonly state: ClusterState;
  readonly queue: SchedulingQueue;
  readonly shapes: PodShapes;
  readonly binder: Binder;
  readonly reporter: PodReporter;
  readonly slots: Slots;
  readonly metrics: SchedulerMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** A decision that is being carried out. */
export interface Placement {
  readonly queued: QueuedPod;
  readonly nodeName: string;
  readonly profile: Profile;
}

/**
 * Carries decisions out, beside further ones.
 *
 * Invariants: a pod counts on its node from `begin` on, until it is known not to be bound there; one whose binding may
 * have taken effect goes on counting until its next attempt. Whatever was reserved is given back when the pod is not known
 * to be bound to that node.
 */
export class Placer {
  constructor(private readonly deps: PlacerDeps) {}

  /** Counts the pod on the node, and reserves what plugins keep there. @returns why it must not be this node after all */
  begin({ queued: { pod }, nodeName, profile }: Placement): Refusal | undefined {
    const { state, queue } = this.deps;
    const { nominations } = state;
    state.assume(pod, nodeName);
    const refused = this.reserve(pod, nodeName, profile.reserves);
    if (refused !== undefined) return refused;
    if (nominations.nodeOf(pod.uid) === nodeName) nominations.keep(pod.uid);
    else nominations.delete(pod.uid);
    queue.notify({ kind: "podPlaced", pod, nodeName });
    return undefined;
  }

  /** Has all reserve, or none of them. */
  private reserve(pod: PodInfo, nodeName: string, plugins: readonly ReservePlugin[]): Refusal | undefined {
    const asked: ReservePlugin[] = [];
    let isReserved = false;
    try {
      for (const plugin of plugins) {
        asked.unshift(plugin);
        const refused = plugin.reserve(pod, nodeName);
        if (refused !== undefined) return refused;
      }
      isReserved = true;
      return undefined;
    } finally {
      if (!isReserved) {
        for (const plugin of asked) plugin.unreserve(pod, nodeName);
        this.deps.state.forget(pod.uid);
      }
    }
  }

  /** Binds what was begun, once it may be, holding one of the slots for writing, which it is given, but while it waits. */
  async finish(placement: Placement, signal: AbortSignal): Promise<void> {
    const { queued, nodeName, profile } = placement;
    try {
      const refused = await this.permitted(placement, signal);
      if (refused !== undefined) {
        this.undo(placement, "refused");
        await this.refused(placement, refused, signal);
        return;
      }
      // Or the pod would be said to be unschedulable after it is bound.
      await queued.told;
      const outcome = await this.deps.binder.bind({ pod: queued.pod, nodeName }, profile.binds, signal);
      this.settle(placement, outcome);
    } catch (error: unknown) {
      // At the end of the term nothing is put right: the next one learns from the server what became of it.
      if (signal.aborted) return;
      this.undo(placement, "failed");
      throw error;
    }
  }

  /** Tells why a pod must not be placed where it was decided, which is undone by now, and has it wait for a change. */
  async refused(placement: Placement, refusal: Refusal, signal: AbortSignal): Promise<void> {
    const { state, queue, metrics, reporter } = this.deps;
    queue.suspend(placement.queued, [refusal.plugin]);
    metrics.attempt("unschedulable");
    const message = unschedulableSentence(state.nodes().length, [refusal]);
    await reporter.unschedulable(placement.queued, { message }, signal);
  }

  private async permitted({ queued, nodeName, profile }: Placement, signal: AbortSignal): Promise<Refusal | undefined> {
    if (profile.permits.length === 0) return undefined;
    const { slots } = this.deps;
    // Others may write while this one waits, for as long as it takes.
    slots.release();
    try {
      for (const plugin of profile.permits) {
        const refused = await abortable(plugin.permit(queued.pod, nodeName, signal), signal);
        if (refused !== undefined) return refused;
      }
      return undefined;
    } finally {
      await slots.take(signal);
    }
  }

  private settle(placement: Placement, outcome: BindOutcome): void {
    const { queued, nodeName } = placement;
    const { queue, shapes, metrics, reporter, clock, log } = this.deps;
    metrics.attempt(outcome.kind === "bound" ? "scheduled" : "error");
    switch (outcome.kind) {
      case "bound":
        // The queue lets go of the pod when the cache shows it bound: before, an older version could bring it back.
        metrics.scheduled((clock.monotonicMs() - queued.sinceMs) / 1000);
        if (!outcome.isTold) reporter.scheduled(queued.pod.pod, nodeName);
        log.debug("pod bound", { pod: formatKey(keyOf(queued.pod.pod)), node: nodeName });
        return;
      case "boundElsewhere":
        this.undo(placement, "refused");
        this.boundElsewhere(shapes.info(outcome.pod));
        return;
      case "gone":
        this.undo(placement, "refused");
        queue.remove(queued.pod.uid);
        return;
      case "unbound":
        this.undo(placement, "failed");
        return;
      case "unknown":
        // Unless the cache has shown it meanwhile.
        if (!this.isSeenBound(placement)) this.unreserve(placement);
        queue.retry(queued);
        return;
    }
  }

  private isSeenBound({ queued, nodeName }: Placement): boolean {
    const seen = this.deps.state.placement(queued.pod.uid);
    return seen?.assumed === false && seen.nodeName === nodeName;
  }

  private boundElsewhere(pod: PodInfo): void {
    const { state, queue } = this.deps;
    const nodeName = nodeNameOf(pod.pod);
    queue.remove(pod.uid);
    const isNews = state.placement(pod.uid) === undefined;
    state.bound(pod, nodeName);
    if (isNews) queue.notify({ kind: "podPlaced", pod, nodeName });
  }

  /** The pod does not count on the node any more; it is tried again if its placement "failed", rather than was refused. */
  private undo(placement: Placement, why: "failed" | "refused"): void {
    const { state, queue } = this.deps;
    const { queued, nodeName } = placement;
    this.unreserve(placement);
    const given = state.forget(queued.pod.uid);
    if (given !== undefined) queue.notify({ kind: "podGone", pod: given.pod, nodeName });
    if (why === "failed") queue.retry(queued);
  }

  private unreserve({ queued, nodeName, profile }: Placement): void {
    for (const plugin of profile.reserves.toReversed()) plugin.unreserve(queued.pod, nodeName);
  }
}
