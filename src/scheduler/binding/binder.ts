import { isApiError, isConflict, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, keyOf, type Whole } from "../../api/object.js";
import type { Log } from "../../base/log.js";
import type { ApiClient } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { nodeNameOf, type PodInfo, schedulerNameOf } from "../cluster/pod-info.js";
import type { BindPlugin } from "../framework/plugin.js";

/** What became of a binding. */
export type BindOutcome =
  /** `isTold`: an Event says so already. */
  | { readonly kind: "bound"; readonly isTold: boolean }
  /** Somebody else has bound it, or we did earlier. */
  | { readonly kind: "boundElsewhere"; readonly pod: Whole<Pod> }
  /** It has no node. */
  | { readonly kind: "unbound" }
  /** There is no such pod any more. */
  | { readonly kind: "gone" }
  /** Neither the binding's answer nor the pod could be had: it may be bound to that node. */
  | { readonly kind: "unknown" };

/** A pod and the node that it is to be bound to. */
export interface Binding {
  readonly pod: PodInfo;
  readonly nodeName: string;
}

/**
 * Writes decisions down. What became of a binding that failed is what the server says then, for an answer may get lost
 * after its binding took effect.
 */
export class Binder {
  constructor(
    private readonly client: ApiClient,
    private readonly log: Log,
  ) {}

  /** Binds by the first plugin that does it, or else itself. Rejects when `signal` fires, or with what no ApiError is. */
  async bind(binding: Binding, plugins: readonly BindPlugin[], signal: AbortSignal): Promise<BindOutcome> {
    const { pod, nodeName } = binding;
    try {
      for (const plugin of plugins) if (await plugin.bind(pod, nodeName, signal)) return { kind: "bound", isTold: false };
      await this.client.bind(pod.pod, nodeName, signal, schedulerNameOf(pod.pod));
      return { kind: "bound", isTold: true };
    } catch (error: unknown) {
      if (signal.aborted || !isApiError(error)) throw error;
      const fields = { pod: formatKey(keyOf(pod.pod)), node: nodeName, error };
      if (isConflict(error) || isNotFound(error)) this.log.debug("binding was refused", fields);
      else this.log.warn("binding failed", fields);
      return await this.seen(binding, signal);
    }
  }

  private async seen({ pod: { pod, uid }, nodeName }: Binding, signal: AbortSignal): Promise<BindOutcome> {
    try {
      const live = await this.client.of(podKind).get(keyOf(pod), { signal });
      if (live.metadata.uid !== uid) return { kind: "gone" };
      if (nodeNameOf(live) === "") return { kind: "unbound" };
      return nodeNameOf(live) === nodeName ? { kind: "bound", isTold: true } : { kind: "boundElsewhere", pod: live };
    } catch (error: unknown) {
      if (isNotFound(error)) return { kind: "gone" };
      if (signal.aborted || !isApiError(error)) throw error;
      this.log.debug("binding's fate is unknown", { pod: formatKey(keyOf(pod)), error });
      return { kind: "unknown" };
    }
  }
}
