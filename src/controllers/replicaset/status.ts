import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { availableInMs, isActive, isAvailable, isReady, isTerminating } from "../pod-state.js";

/** Why pods are missing or in surplus, for the condition ReplicaFailure. */
export interface ReplicaFailure {
  readonly reason: "FailedCreate" | "FailedDelete";
  readonly message: string;
}

/** What the ReplicaSet's status should say of the pods that it controls. */
export function replicaSetStatus(
  replicaSet: Whole<ReplicaSet>,
  owned: readonly Whole<Pod>[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): ReplicaSetStatus {
  const { spec, metadata, status } = replicaSet;
  const active = owned.filter(isActive);
  const templateLabels = Object.entries(spec.template?.metadata?.labels ?? {});
  return {
    ...status,
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => templateLabels.every(([key, value]) => pod.metadata.labels[key] === value)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, spec.minReadySeconds ?? 0, nowMs)).length,
    terminatingReplicas: owned.filter(isTerminating).length,
    observedGeneration: metadata.generation ?? 0,
    conditions: withFailure(status.conditions, failure, nowMs),
  };
}

/** When the next ready pod becomes available, if one is on its way to. */
export function nextAvailableInMs({ spec }: Whole<ReplicaSet>, owned: readonly Whole<Pod>[], nowMs: number): number | undefined {
  const waits = owned
    .filter(isActive)
    .map((pod) => availableInMs(pod, spec.minReadySeconds ?? 0, nowMs) ?? 0)
    .filter((waitMs) => waitMs > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function withFailure(
  conditions: readonly ReplicaSetCondition[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): ReplicaSetCondition[] {
  const others = conditions.filter(({ type }) => type !== "ReplicaFailure");
  if (failure === undefined) return others;
  const before = conditions.find(({ type }) => type === "ReplicaFailure");
  // The message names a pod that never was, another one each time: news of it would only make us look again at once.
  if (before?.status === "True" && before.reason === failure.reason) return [...conditions];
  const { reason, message } = failure;
  return [...others, { type: "ReplicaFailure", status: "True", reason, message, lastTransitionTime: timeFromMs(nowMs) }];
}
