import type { Whole } from "../../api/object.js";
import { notReadyTaint, unreachableTaint, unschedulableTaint } from "../../api/scheduling/toleration.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { readiness } from "./readiness.js";

/** Conditions that keep new pods away while they are True, by Kubernetes' keys. */
const conditionTaints: Readonly<Record<string, string>> = {
  MemoryPressure: "node.kubernetes.io/memory-pressure",
  DiskPressure: "node.kubernetes.io/disk-pressure",
  PIDPressure: "node.kubernetes.io/pid-pressure",
  NetworkUnavailable: "node.kubernetes.io/network-unavailable",
};
const evictingKeys: readonly string[] = [notReadyTaint, unreachableTaint];
const repellingKeys: readonly string[] = [...evictingKeys, unschedulableTaint, ...Object.values(conditionTaints)];

/** Whether a node has a taint that evicts its pods because it is lost or not ready. */
export function isEvicting({ spec }: Whole<Node>): boolean {
  return spec.taints.some((taint) => taint.effect === "NoExecute" && evictingKeys.includes(taint.key ?? ""));
}

/**
 * The taints that a node's conditions, and its being cordoned, ask for, or undefined when it has just these. What only
 * keeps new pods away is set at once; what evicts, only if the node `mayEvict`. Other taints stay.
 */
export function planTaints(node: Whole<Node>, mayEvict: boolean, nowMs: number): readonly Taint[] | undefined {
  const { taints } = node.spec;
  const isOurs = ({ key = "", effect }: Taint): boolean =>
    (effect === "NoSchedule" && repellingKeys.includes(key)) || (effect === "NoExecute" && evictingKeys.includes(key));
  const wanted = wantedTaints(node, mayEvict).map(({ key, effect }) => {
    const present = taints.find((taint) => taint.key === key && taint.effect === effect);
    return present ?? { key, effect, timeAdded: timeFromMs(nowMs) };
  });
  const ours = taints.filter(isOurs);
  const same = ours.length === wanted.length && wanted.every((taint) => ours.includes(taint));
  return same ? undefined : [...taints.filter((taint) => !isOurs(taint)), ...wanted];
}

interface WantedTaint {
  readonly key: string;
  readonly effect: "NoSchedule" | "NoExecute";
}

function wantedTaints(node: Whole<Node>, mayEvict: boolean): readonly WantedTaint[] {
  const ready = readiness(node);
  const lost = ready === "Unknown" ? unreachableTaint : ready === "False" ? notReadyTaint : undefined;
  const wanted: WantedTaint[] = lost === undefined ? [] : [{ key: lost, effect: "NoSchedule" }];
  if (lost !== undefined && mayEvict) wanted.push({ key: lost, effect: "NoExecute" });
  if (node.spec.unschedulable === true) wanted.push({ key: unschedulableTaint, effect: "NoSchedule" });
  for (const [type, key] of Object.entries(conditionTaints)) {
    const isSo = node.status.conditions.some((condition) => condition.type === type && condition.status === "True");
    if (isSo) wanted.push({ key, effect: "NoSchedule" });
  }
  return wanted;
}
