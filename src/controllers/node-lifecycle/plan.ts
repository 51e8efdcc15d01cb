import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Node, NodeCondition } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isReady, isTerminating } from "../pod-state.js";

// What only the node itself can know.
const nodeOwnConditions: readonly string[] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/** The conditions to be set on a node that does not answer: whatever it last said is no longer known. Empty when they stand. */
export function planUnknown({ status }: Whole<Node>, nowMs: number): readonly NodeCondition[] {
  const now = timeFromMs(nowMs);
  return nodeOwnConditions.flatMap((type) => {
    const before = status.conditions.find((condition) => condition.type === type);
    if (before?.status === "Unknown" || (before === undefined && type !== "Ready")) return [];
    const said =
      before === undefined
        ? { reason: "NodeStatusNeverUpdated", message: "Kubelet never posted node status." }
        : { reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." };
    return [{ type, status: "Unknown", ...said, lastHeartbeatTime: before?.lastHeartbeatTime ?? now, lastTransitionTime: now }];
  });
}

/** Pods that still say that they are ready, though nobody knows. */
export function planPodsNotReady(pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
  return pods.filter((pod) => isReady(pod) && !isTerminating(pod));
}
