import { isNotFound } from "../../api/errors.js";
import { disruptionTargetType, terminationByNode } from "../../api/kinds/pod/disruption-target.js";
import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { formatRfc3339, timeFromMs, timeToMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive, podCondition } from "../pod-state.js";

// Whoever says that a pod is about to be ended ends it at once; after so long it never will.
const staleAfterMs = 2 * 60 * 1000;

/**
 * Milliseconds until what a pod says of its imminent end is stale: 0 when it is, undefined when it says nothing, or
 * nothing that could be wrong.
 */
export function staleInMs(pod: Whole<Pod>, nowMs: number): number | undefined {
  const condition = podCondition(pod, disruptionTargetType);
  // The node may say that it ends a pod long before it does: its word stands.
  if (condition?.status !== "True" || condition.reason === terminationByNode || !isActive(pod)) return undefined;
  const sinceMs = timeToMs(condition.lastTransitionTime) ?? 0;
  return Math.max(0, sinceMs + staleAfterMs - nowMs);
}

export interface StaleDisruptionDeps {
  readonly pods: Lister<Pod>;
  readonly client: ResourceClient<Pod>;
  readonly clock: Clock;
}

/** Takes back on pods that they are about to be ended, when nobody ended them. */
export class StaleDisruptionReconciler implements Reconciler {
  constructor(private readonly deps: StaleDisruptionDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { pods, client, clock } = this.deps;
    const pod = pods.get(key);
    const leftMs = pod === undefined ? undefined : staleInMs(pod, clock.now());
    if (pod === undefined || leftMs === undefined) return {};
    if (leftMs > 0) return { requeueAfterMs: leftMs };
    const lastTransitionTime = formatRfc3339(timeFromMs(clock.now()));
    const condition = { type: disruptionTargetType, status: "False", reason: null, message: null, lastTransitionTime };
    const { resourceVersion } = pod.metadata;
    try {
      const patch = { metadata: { resourceVersion }, status: { conditions: [condition] } };
      await client.patch(keyOf(pod), "strategic", patch, { subresource: "status", signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
    return {};
  }
}
