import { isConflict, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { EventRecorder, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import { markDisrupted } from "../../client/mark-disrupted.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { readiness } from "../node-lifecycle/readiness.js";
import { isActive } from "../pod-state.js";
import { areOfFailure, evictingTaints, stayMs } from "./plan.js";

export interface TaintEvictionDeps {
  readonly pods: Lister<Pod>;
  readonly nodes: Lister<Node>;
  readonly client: ResourceClient<Pod>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

const disruption = { reason: "DeletionByTaintManager", message: "Taint manager: deleting due to NoExecute taint" } as const;

/**
 * Deletes pods from nodes whose NoExecute taints they tolerate no longer. The time is counted by our own monotonic clock
 * from when we first saw the taint: a step of the wall clock evicts nobody.
 *
 * Unlike Kubernetes: pods that have finished stay to be looked at, for they do not run there any more.
 */
export class TaintEvictionReconciler implements Reconciler {
  /** Since when a pod, by uid, has been seen beside taints that it does not tolerate for ever. */
  private readonly since = new Map<string, number>();

  constructor(private readonly deps: TaintEvictionDeps) {}

  /** The pod is gone. */
  forget(uid: string): void {
    this.since.delete(uid);
  }

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { pods, nodes, clock } = this.deps;
    const pod = pods.get(key);
    if (pod === undefined || !isActive(pod)) return {};
    const node = nodes.get({ namespace: "", name: pod.spec.nodeName ?? "" });
    const taints = node === undefined ? [] : evictingTaints(node);
    const allowedMs = stayMs(pod.spec.tolerations, taints);
    if (node === undefined || allowedMs === undefined) {
      this.callOff(pod);
      return {};
    }
    const nowMs = clock.monotonicMs();
    const sinceMs = this.since.get(pod.metadata.uid) ?? nowMs;
    this.since.set(pod.metadata.uid, sinceMs);
    if (nowMs < sinceMs + allowedMs) return { requeueAfterMs: sinceMs + allowedMs - nowMs };
    // Where nobody else is ready the fault is likelier ours, and there is nowhere to go. A node that gets ready has us look again.
    if (areOfFailure(taints) && !this.someOtherIsReady(node)) return {};
    await this.evict(pod, signal);
    return {};
  }

  private someOtherIsReady(node: Whole<Node>): boolean {
    return this.deps.nodes.list().some((other) => other.metadata.name !== node.metadata.name && readiness(other) === "True");
  }

  /** The pod may stay after all; should there be another taint, its time begins anew. */
  private callOff(pod: Whole<Pod>): void {
    if (!this.since.delete(pod.metadata.uid)) return;
    this.tell(pod, `Cancelling deletion of Pod ${formatKey(keyOf(pod))}`);
  }

  private async evict(pod: Whole<Pod>, signal: AbortSignal): Promise<void> {
    const { client, clock, log } = this.deps;
    const { uid } = pod.metadata;
    const name = formatKey(keyOf(pod));
    log.info("evicting pod from tainted node", { pod: name, node: pod.spec.nodeName });
    this.tell(pod, `Marking for deletion Pod ${name}`);
    if (!(await markDisrupted(client, pod, { disruption }, { nowMs: clock.now(), signal }))) return;
    try {
      await client.delete(keyOf(pod), { options: { preconditions: { uid, resourceVersion: undefined } }, signal });
    } catch (error: unknown) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  private tell(pod: Whole<Pod>, message: string): void {
    this.deps.events.event({ kind: podKind, object: pod }, "Normal", "TaintManagerEviction", message);
  }
}
