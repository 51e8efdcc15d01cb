import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive, isReady, podCondition, restartsOf } from "../pod-state.js";

/** What to do about a ReplicaSet's number of pods. One of the two is always empty. */
export interface ReplicaPlan {
  /** How many pods to create. */
  readonly create: number;
  /** Pods to delete, in this order. */
  readonly remove: readonly Whole<Pod>[];
}

/** Compares the pods that a ReplicaSet controls with the number it asks for. Pods at their end, or going, do not count. */
export function planReplicas(replicaSet: Whole<ReplicaSet>, owned: readonly Whole<Pod>[]): ReplicaPlan {
  if (replicaSet.metadata.deletionTimestamp !== undefined) return { create: 0, remove: [] };
  const active = owned.filter(isActive);
  const surplus = active.length - (replicaSet.spec.replicas ?? 1);
  if (surplus <= 0) return { create: -surplus, remove: [] };
  return { create: 0, remove: inDeletionOrder(active).slice(0, surplus) };
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Kubernetes' order, the most dispensable pod first: without a node, then not running, not ready, with the lower
 * deletion cost, beside more of its kind on one node, ready for less long, restarted more often, younger.
 */
function inDeletionOrder(pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
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
