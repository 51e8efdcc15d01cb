import { withCountedDisruptions } from "../../api/kinds/poddisruptionbudget/disruption-allowed.js";
import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { isReady, isTerminating } from "../pod-state.js";
import type { Expectation } from "./expected-pods.js";

// An eviction that was allowed deletes its pod at once; after so long it never will.
const deletionTimeoutMs = 2 * 60 * 1000;

/** What counting a budget's pods comes to. */
export interface BudgetPlan {
  readonly status: PodDisruptionBudgetStatus;
  /** Pods whose eviction was allowed, but that have not gone in all the time since: they count as healthy again. */
  readonly notDeleted: readonly Whole<Pod>[];
  /** When to count again, should nothing change. */
  readonly recountInMs?: number;
}

/**
 * Counts the pods that a budget selects. Healthy is who is ready and stays: neither told to go, nor one whose eviction
 * was allowed and is still to be seen.
 */
export function planBudget(
  budget: Whole<PodDisruptionBudget>,
  pods: readonly Whole<Pod>[],
  { expectedPods, desiredHealthy }: Expectation,
  nowMs: number,
): BudgetPlan {
  const { metadata, status } = budget;
  const disruptedPods: PodDisruptionBudgetStatus["disruptedPods"] = {};
  const notDeleted: Whole<Pod>[] = [];
  let nextMs = Number.POSITIVE_INFINITY;
  const staying = pods.filter((pod) => !isTerminating(pod));
  for (const pod of staying) {
    const { name } = pod.metadata;
    const since = status.disruptedPods[name];
    if (since === undefined) continue;
    const givenUpMs = (timeToMs(since) ?? 0) + deletionTimeoutMs;
    if (givenUpMs <= nowMs) {
      notDeleted.push(pod);
    } else {
      disruptedPods[name] = since;
      nextMs = Math.min(nextMs, givenUpMs);
    }
  }
  const currentHealthy = staying.filter((pod) => isReady(pod) && disruptedPods[pod.metadata.name] === undefined).length;
  // Without pods nothing is allowed: those that come next would be unprotected until they have been counted.
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const counted: PodDisruptionBudgetStatus = {
    ...status,
    observedGeneration: metadata.generation,
    disruptedPods,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
  };
  return {
    status: { ...counted, conditions: withCountedDisruptions(counted, nowMs) },
    notDeleted,
    ...(nextMs === Number.POSITIVE_INFINITY ? {} : { recountInMs: nextMs - nowMs }),
  };
}
