import type { StatefulSetStatus } from "../../gen/howbernetes/apps/v1/statefulset.js";
import { availableInMs } from "../pod-state.js";
import type { ReplicaView, StatefulSetView } from "./view.js";

/** What the StatefulSet's status should say of its pods. */
export function statefulSetStatus(view: StatefulSetView): StatefulSetStatus {
  const { set, rollout } = view;
  const replicas = replicasOf(view);
  const staying = replicas.filter(({ isGoing }) => !isGoing);
  const status: StatefulSetStatus = {
    ...set.status,
    observedGeneration: set.metadata.generation ?? 0,
    replicas: replicas.length,
    readyReplicas: replicas.filter(({ isReady }) => isReady).length,
    availableReplicas: replicas.filter(({ isAvailable }) => isAvailable).length,
    currentReplicas: staying.filter(({ revision }) => revision === rollout.from).length,
    updatedReplicas: staying.filter(({ revision }) => revision === rollout.to).length,
    currentRevision: rollout.from,
    updateRevision: rollout.to,
  };
  if (!isComplete(status, set.spec.replicas ?? 1)) return status;
  return { ...status, currentRevision: rollout.to, currentReplicas: status.updatedReplicas };
}

/**
 * The rollout has come to its end: what was new is now what there is.
 * Unlike Kubernetes: also with OnDelete, else a later partition would bring back pods of long ago.
 */
function isComplete({ replicas, readyReplicas, updatedReplicas }: StatefulSetStatus, desired: number): boolean {
  return replicas === desired && readyReplicas === desired && updatedReplicas === desired;
}

/** When the next ready pod becomes available, if one is on its way to. */
export function nextAvailableInMs(view: StatefulSetView, nowMs: number): number | undefined {
  const minReadySeconds = view.set.spec.minReadySeconds ?? 0;
  const waits = replicasOf(view)
    .filter(({ isGoing }) => !isGoing)
    .map(({ pod }) => availableInMs(pod, minReadySeconds, nowMs) ?? 0)
    .filter((waitMs) => waitMs > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function replicasOf({ slots, surplus }: StatefulSetView): readonly ReplicaView[] {
  return [...slots.flatMap(({ replica }) => (replica === undefined ? [] : [replica])), ...surplus];
}
