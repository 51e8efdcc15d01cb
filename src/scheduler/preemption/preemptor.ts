import { isConflict, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, keyOf, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { EventRecorder, Informer, InformerHandler, ResourceClient } from "../../client/contracts.js";
import { markDisrupted } from "../../client/mark-disrupted.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ClusterState } from "../cluster/cluster-state.js";
import { isFinished, type PodInfo, schedulerNameOf } from "../cluster/pod-info.js";
import type { Rescue } from "../framework/plugin.js";
import type { QueuedPod } from "../queue/queued-pod.js";
import type { SchedulingQueue } from "../queue/scheduling-queue.js";
import { Departures } from "./departures.js";

export interface PreemptorDeps {
  readonly client: ResourceClient<Pod>;
  readonly pods: Pick<Informer<Pod>, "reached">;
  readonly state: ClusterState;
  readonly queue: SchedulingQueue;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

/** In what circumstances a pod is helped. */
export interface Circumstances {
  /** The plugins that refused it nodes: what helps with these may have it tried even before its victims have left. */
  readonly refusedBy: Iterable<string>;
  /** Ends when its status shows what was decided. */
  readonly told: Promise<void>;
}

/**
 * Has pods leave their node for others, beside further decisions.
 *
 * Invariants: the node counts as promised from the moment of the decision, before anything is written; the pod is not
 * tried again until all of its victims have been told to go and the cache shows that; it is tried at once when the last
 * of them has gone. A victim that cannot be told takes the promise back, and the pod is tried again after its backoff; a
 * status that cannot be written does not, for the victims go.
 * Unlike Kubernetes: that backoff is not waited for when the last victim goes, for the node is kept free for the pod.
 */
export class Preemptor {
  private readonly departures = new Departures();

  constructor(private readonly deps: PreemptorDeps) {}

  /** To be told of pods after the cluster's state has been. */
  handler(): InformerHandler<Pod> {
    const { state } = this.deps;
    const gone = ({ metadata: { uid } }: Whole<Pod>): void => {
      this.departures.forget(uid);
      state.budgets.giveBack(uid);
      for (const waiting of this.departures.left(uid)) this.deps.queue.tryNow(waiting);
    };
    const updated = (pod: Whole<Pod>): void => {
      if (isFinished(pod)) gone(pod);
      else if (pod.metadata.deletionTimestamp !== undefined) state.budgets.going(pod.metadata.uid);
    };
    return { updated, deleted: gone };
  }

  /**
   * Begins before it returns, by promising the node. Resolves when all victims have been told, and the pod is back in the
   * queue.
   */
  async carryOut(queued: QueuedPod, rescue: Rescue, { refusedBy, told }: Circumstances, signal: AbortSignal): Promise<void> {
    const { state, queue } = this.deps;
    const { pod } = queued;
    const displaced = this.promise(pod, rescue);
    try {
      await Promise.all([this.evict(pod, rescue, told, signal), ...displaced.map((other) => this.displace(other, signal))]);
    } catch (error: unknown) {
      if (signal.aborted) return;
      this.departures.forget(pod.uid);
      for (const { uid } of rescue.victims) state.budgets.giveBack(uid);
      if (state.nominations.nodeOf(pod.uid) === rescue.nodeName) state.nominations.delete(pod.uid);
      // First: what its next attempt promises and shows must not be hidden.
      await this.hide(pod, signal);
      queue.retry(queued);
      throw error;
    }
    queue.suspend(queued, refusedBy);
    if (this.departures.areOver(pod.uid)) queue.tryNow(pod.uid);
    // The promise holds without being shown: the victims go already.
    await told;
  }

  /** Takes back what was promised to a pod that nothing can help. @returns whether something was, or still shows */
  withdraw({ uid, pod }: PodInfo): boolean {
    const { nominations } = this.deps.state;
    const wasPromised = nominations.nodeOf(uid) !== undefined;
    nominations.delete(uid);
    this.departures.forget(uid);
    return wasPromised || (pod.status.nominatedNodeName ?? "") !== "";
  }

  /** @returns those with a lower priority to whom the node was promised before: they may find another */
  private promise(pod: PodInfo, { nodeName, victims }: Rescue): readonly PodInfo[] {
    const { state } = this.deps;
    const displaced = state.nominations.on(nodeName).filter(({ priority }) => priority < pod.priority);
    for (const { uid } of displaced) state.nominations.delete(uid);
    state.nominations.set(pod, nodeName);
    for (const victim of victims) if (!isGoing(victim)) state.budgets.take(victim);
    this.departures.await(
      pod.uid,
      victims.map(({ uid }) => uid),
    );
    return displaced;
  }

  private async displace(pod: PodInfo, signal: AbortSignal): Promise<void> {
    // First, as above.
    await this.hide(pod, signal);
    this.deps.queue.tryNow(pod.uid);
  }

  /** Shows no promised node any more, if that can be written: nothing but a scheduler that starts anew goes by it. */
  private async hide(pod: PodInfo, signal: AbortSignal): Promise<void> {
    const patch = { metadata: { uid: pod.uid }, status: { nominatedNodeName: null } };
    try {
      await this.deps.client.patch(keyOf(pod.pod), "merge", patch, { subresource: "status", signal });
    } catch (error: unknown) {
      if (!isAbort(error)) this.deps.log.debug("pod may still show a node that is not promised to it", { pod: nameOf(pod), error });
    }
  }

  private async evict(pod: PodInfo, { nodeName, victims }: Rescue, told: Promise<void>, signal: AbortSignal): Promise<void> {
    const evictions = victims.filter((victim) => !isGoing(victim)).map((victim) => this.preempt(victim, pod, nodeName, signal));
    const [, ...evicted] = await Promise.allSettled([told, ...evictions]);
    for (const result of evicted) if (result.status === "rejected") throw result.reason;
  }

  /** Resolves when the cache shows that the victim goes. */
  private async preempt(victim: PodInfo, pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<void> {
    const { client, pods, events, clock, log } = this.deps;
    const key = keyOf(victim.pod);
    const message = `${schedulerNameOf(pod.pod)}: preempting to accommodate a higher priority pod`;
    const disruption = { reason: "PreemptionByScheduler", message } as const;
    if (!(await markDisrupted(client, victim.pod, { disruption }, { nowMs: clock.now(), signal }))) return;
    try {
      const options = { preconditions: { uid: victim.uid, resourceVersion: undefined } };
      const { object } = await client.delete(key, { options, signal });
      log.info("pod preempted", { pod: formatKey(key), by: nameOf(pod), node: nodeName });
      events.event({ kind: podKind, object: victim.pod }, "Normal", "Preempted", `Preempted by pod ${pod.uid} on node ${nodeName}`);
      await pods.reached(object.metadata.resourceVersion, signal);
    } catch (error: unknown) {
      // It is gone already, or another one by now.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}

const isGoing = ({ pod: { metadata } }: PodInfo): boolean => metadata.deletionTimestamp !== undefined;

const nameOf = ({ pod }: PodInfo): string => formatKey(keyOf(pod));
