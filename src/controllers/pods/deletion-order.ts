import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isReady, podCondition, restartsOf } from "../pod-state.js";

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Kubernetes' order, the most dispensable pod first: without a node, then not running, not ready, with the lower
 * deletion cost, beside more of its kind on one node, ready for less long, restarted more often, younger.
 */
export function inDeletionOrder(pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
  const perNode = new Map<string, number>();
  for (const { spec } of pods) perNode.set(spec.nodeName ?? "", (perNode.get(spec.nodeName ?? "") ?? 0) + 1);
  const ranks = new Map(pods.map((pod) => [pod, dispensability(pod, perNode)]));
  return [...pods].sort((a, b) => compare(ranks.get(a) ?? [], ranks.get(b) ?? []));
}

/** Numbers to compare in turn; where they first differ, the lower goes first. */
function dispensability(pod: Whole<Pod>, perNode: ReadonlyMap<string, number>): readonly number[] {
  const { spec, status, metadata } = pod;
  const nodeName = spec.nodeName ?? "";
  const readySinceMs = isReady(pod) ? (timeToMs(podCondition(pod, "Ready")?.lastTransitionTime) ?? 0) : 0;
  return [
    nodeName === "" ? 0 : 1,
    phaseRank[status.phase ?? "Pending"] ?? 1,
    isReady(pod) ? 1 : 0,
    deletionCost(metadata.annotations),
    -(perNode.get(nodeName) ?? 0),
    -readySinceMs,
    -restartsOf(pod),
    -(timeToMs(metadata.creationTimestamp) ?? 0),
  ];
}

function deletionCost(annotations: Readonly<Record<string, string>>): number {
  const text = annotations["controller.kubernetes.io/pod-deletion-cost"] ?? "0";
  return /^-?\d+$/.test(text) ? Number(text) : 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
