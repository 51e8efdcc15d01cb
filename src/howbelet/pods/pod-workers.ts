import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { abortable, deferred, isAbort, sharedSignal } from "../../base/abort.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { Checkpoint } from "./checkpoint-store.js";
import type { PodFailure } from "./pod-life.js";
import { type PodStart, PodWorker, type PodWorkerDeps } from "./pod-worker.js";

/**
 * One worker per pod, by uid. Workers begin when `run` does, and a pod that nobody asked for is never touched before
 * `removeUnknown` says that the api-server does not have it.
 */
export class PodWorkers {
  private readonly workers = new Map<string, PodWorker>();
  private readonly running = new Set<Promise<void>>();
  private readonly failure = deferred<never>();
  private readonly lifetime = new AbortController();

  constructor(private readonly deps: PodWorkerDeps) {
    sharedSignal(this.lifetime.signal);
  }

  /** Takes up the pods that were known when the agent last ran. */
  restore(checkpoints: readonly Checkpoint[]): void {
    for (const { pod, records, life } of checkpoints) this.add(pod, { records, life, isGone: false });
  }

  /** A pod as the api-server has it. */
  set(pod: Whole<Pod>): void {
    const worker = this.workers.get(pod.metadata.uid);
    if (worker === undefined) this.add(pod, { records: {}, isGone: false });
    else worker.update(pod);
  }

  /** A pod that the api-server had, and has no more. */
  discard(pod: Whole<Pod>): void {
    this.workers.get(pod.metadata.uid)?.discard(pod);
  }

  /**
   * Ends a pod as a whole, for good: its containers within the grace that is given, else the pod's own. Its status says
   * why, also after the agent's restart. Does nothing to one that has ended already.
   */
  fail(podUid: string, failure: PodFailure): void {
    this.workers.get(podUid)?.fail(failure);
  }

  /** The pods that the node has taken, and that have not ended. */
  placed(): readonly Whole<Pod>[] {
    return [...this.workers.values()].flatMap((worker) => worker.placed ?? []);
  }

  /**
   * Removes what is left of all pods but these; call it only with a complete list from the cluster's api-server.
   * `observed` are the pods of which there are containers.
   */
  removeUnknown(
    wanted: ReadonlySet<string>,
    observed: readonly { readonly uid: string; readonly namespace: string; readonly name: string }[],
  ): void {
    for (const [uid, worker] of this.workers) if (!wanted.has(uid)) worker.discard();
    for (const { uid, namespace, name } of observed) {
      if (wanted.has(uid) || this.workers.has(uid)) continue;
      this.add(makeWhole(podKind, { metadata: { uid, namespace, name } }), { records: {}, isGone: true });
    }
  }

  /** Something about this pod's containers may have changed. */
  poke(podUid: string): void {
    this.workers.get(podUid)?.poke();
  }

  pokeAll(): void {
    for (const worker of this.workers.values()) worker.poke();
  }

  /** Resolves once no pod is left. */
  async emptied(signal: AbortSignal): Promise<void> {
    while (this.running.size > 0) await abortable(Promise.race(this.running), signal);
  }

  has(podUid: string): boolean {
    return this.workers.has(podUid);
  }

  /** A pod's status as last derived here, else as the api-server has it. */
  statusOf(podUid: string): PodStatus | undefined {
    return this.workers.get(podUid)?.status;
  }

  /** Lets the workers work until `signal` fires; containers go on. Rejects when a worker finds its own fault. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await abortable(this.failure.promise, signal);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      this.lifetime.abort();
      await Promise.allSettled(this.running);
    }
  }

  private add(pod: Whole<Pod>, start: PodStart): void {
    const { uid } = pod.metadata;
    const worker = new PodWorker(pod, start, this.deps);
    this.workers.set(uid, worker);
    const work = worker
      .run(this.lifetime.signal)
      .catch((error: unknown) => this.failure.reject(error))
      .finally(() => {
        this.running.delete(work);
        if (this.workers.get(uid) === worker) this.workers.delete(uid);
      });
    this.running.add(work);
  }
}
