import type { Whole } from "../../api/object.js";
import { notReadyTaint, unreachableTaint } from "../../api/scheduling/toleration.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Node, NodeCondition } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { isReady, isTerminating } from "../pod-state.js";

// What only the node itself can know.
const nodeOwnConditions: readonly string[] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
const lifecycleTaints: readonly string[] = [unreachableTaint, notReadyTaint];

/** The status of a node's Ready condition; undefined before the node has reported for the first time. */
export function readiness({ status }: Whole<Node>): string | undefined {
  return status.conditions.find(({ type }) => type === "Ready")?.status;
}

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

/** The taints that a node's readiness asks for, or undefined when it has just these. Other taints stay. */
export function planTaints(node: Whole<Node>, nowMs: number): readonly Taint[] | undefined {
  const ready = readiness(node);
  const key = ready === "Unknown" ? unreachableTaint : ready === "False" ? notReadyTaint : undefined;
  const effects = key === undefined ? [] : ["NoSchedule", "NoExecute"];
  const { taints } = node.spec;
  const isOurs = (taint: Taint): boolean => lifecycleTaints.includes(taint.key ?? "");
  const wanted = effects.map((effect) => {
    const present = taints.find((taint) => taint.key === key && taint.effect === effect);
    return present ?? { key, effect, timeAdded: timeFromMs(nowMs) };
  });
  const ours = taints.filter(isOurs);
  const same = ours.length === wanted.length && wanted.every((taint) => ours.includes(taint));
  return same ? undefined : [...taints.filter((taint) => !isOurs(taint)), ...wanted];
}

/** Pods that still say that they are ready, though nobody knows. */
export function planPodsNotReady(pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
  return pods.filter((pod) => isReady(pod) && !isTerminating(pod));
}
