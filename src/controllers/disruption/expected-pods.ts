import type { Whole } from "../../api/object.js";
import { intOrStringValue, resolveIntOrPercent } from "../../api/values/int-or-string.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";

/** How many pods a controller is to have. */
export interface Scale {
  /** The controller's. */
  readonly uid: string;
  readonly replicas: number;
}

/**
 * The scale of the controller of a pod, the one that was told how many there should be; undefined for a pod that nothing
 * controls. @throws UncountableError
 */
export type ScaleOf = (pod: Whole<Pod>) => Scale | undefined;

/** It cannot be said how many pods there should be, for a reason that its author should know. */
export class UncountableError extends Error {
  override readonly name = "UncountableError";
}

/** What a budget's bounds come to. */
export interface Expectation {
  /** How many pods are wanted. */
  readonly expectedPods: number;
  /** How many of them must stay healthy. */
  readonly desiredHealthy: number;
  /** Pods that count as none of those wanted, because nothing controls them. */
  readonly unmanaged: readonly Whole<Pod>[];
}

/**
 * Works out a budget's bounds by Kubernetes' rules: a number of pods that must stay needs no more than the pods
 * themselves; percentages, and what may be missing, are of the sum of what their controllers are to have. Percentages
 * are rounded up. @throws UncountableError
 */
export function expectationOf({ spec }: Whole<PodDisruptionBudget>, pods: readonly Whole<Pod>[], scaleOf: ScaleOf): Expectation {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) {
    const { total, unmanaged } = sumOfScales(pods, scaleOf);
    const desiredHealthy = Math.max(0, total - resolveIntOrPercent(maxUnavailable, total, "up"));
    return { expectedPods: total, desiredHealthy, unmanaged };
  }
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] };
  const bound = intOrStringValue(minAvailable);
  if (typeof bound === "number") return { expectedPods: pods.length, desiredHealthy: bound, unmanaged: [] };
  const { total, unmanaged } = sumOfScales(pods, scaleOf);
  return { expectedPods: total, desiredHealthy: resolveIntOrPercent(minAvailable, total, "up"), unmanaged };
}

function sumOfScales(pods: readonly Whole<Pod>[], scaleOf: ScaleOf): { readonly total: number; readonly unmanaged: readonly Whole<Pod>[] } {
  const replicas = new Map<string, number>();
  const unmanaged: Whole<Pod>[] = [];
  for (const pod of pods) {
    const scale = scaleOf(pod);
    if (scale === undefined) unmanaged.push(pod);
    else replicas.set(scale.uid, scale.replicas);
  }
  return { total: [...replicas.values()].reduce((sum, count) => sum + count, 0), unmanaged };
}
