import { isApiError, isConflict, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, keyOf, type Whole } from "../../api/object.js";
import type { Log } from "../../base/log.js";
import type { ApiClient } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ClusterState } from "../cluster/cluster-state.js";
import { nodeNameOf, podInfo } from "../cluster/pod-info.js";
import type { QueuedPod, SchedulingQueue } from "../queue/scheduling-queue.js";

export interface BinderDeps {
  readonly client: ApiClient;
  readonly state: ClusterState;
  readonly queue: SchedulingQueue;
  readonly log: Log;
}

/**
 * Writes decisions down. A pod whose binding fails is counted where the server says that it is, for an answer may get
 * lost after its binding took effect; only then is it tried again.
 */
export class Binder {
  constructor(private readonly deps: BinderDeps) {}

  /** Binds an assumed pod. @returns whether it is bound to that node */
  async bind(queued: QueuedPod, nodeName: string, signal: AbortSignal): Promise<boolean> {
    const { pod } = queued.pod;
    try {
      // The queue lets go of the pod when the cache shows it bound: before, an older version could bring it back.
      await this.deps.client.bind(pod, nodeName, signal);
      return true;
    } catch (error: unknown) {
      if (signal.aborted) return false;
      if (!isApiError(error)) throw error;
      const fields = { pod: formatKey(keyOf(pod)), node: nodeName, error };
      if (isConflict(error) || isNotFound(error)) this.deps.log.debug("binding was refused", fields);
      else this.deps.log.warn("binding failed", fields);
      return await this.settle(queued, nodeName, signal);
    }
  }

  private async settle(queued: QueuedPod, nodeName: string, signal: AbortSignal): Promise<boolean> {
    const { state, queue } = this.deps;
    const { uid } = queued.pod;
    let live: Whole<Pod> | undefined;
    try {
      live = await this.live(queued.pod.pod, signal);
    } catch (error: unknown) {
      if (signal.aborted) return false;
      // It may be bound: it goes on counting on that node until the next attempt.
      this.deps.log.debug("binding's fate is unknown", { pod: formatKey(keyOf(queued.pod.pod)), error });
      queue.retry(queued);
      return false;
    }
    if (live !== undefined && nodeNameOf(live) !== "") {
      state.bound(podInfo(live), nodeNameOf(live));
      queue.remove(uid);
      return nodeNameOf(live) === nodeName;
    }
    state.forget(uid);
    if (live === undefined) queue.remove(uid);
    else queue.retry(queued);
    return false;
  }

  private async live(pod: Whole<Pod>, signal: AbortSignal): Promise<Whole<Pod> | undefined> {
    try {
      const live = await this.deps.client.of(podKind).get(keyOf(pod), { signal });
      return live.metadata.uid === pod.metadata.uid ? live : undefined;
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
