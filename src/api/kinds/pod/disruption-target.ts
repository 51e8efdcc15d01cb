import { PodCondition, type PodStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import { timeFromMs } from "../../values/time.js";

/** The type of the condition by which a pod says that it is about to be ended from outside, and by whom. */
export const disruptionTargetType = "DisruptionTarget";

/** Why a pod's own node ends it that is not to blame: the node is short of something, or needs the room for a critical pod. */
export const terminationByNode = "TerminationByKubelet";

/** Why a pod is ended from outside. Reasons are Kubernetes': a Job's podFailurePolicy goes by the condition. */
export interface Disruption {
  readonly reason:
    | "EvictionByEvictionAPI"
    | "DeletionByTaintManager"
    | "DeletionByPodGC"
    | "PreemptionByScheduler"
    | typeof terminationByNode;
  readonly message: string;
}

/** The condition DisruptionTarget of a pod that is about to be ended. Its time is that of the first to say so. */
export function disruptionTarget({ conditions }: PodStatus, { reason, message }: Disruption, nowMs: number): PodCondition {
  const before = conditions.find((condition) => condition.type === disruptionTargetType);
  const lastTransitionTime = before?.status === "True" ? before.lastTransitionTime : timeFromMs(nowMs);
  return PodCondition.fromPartial({ type: disruptionTargetType, status: "True", reason, message, lastTransitionTime });
}
