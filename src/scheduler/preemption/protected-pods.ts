import type { BudgetInfo } from "../cluster/disruption-budgets.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** Pods, by whether their PodDisruptionBudgets let them all go. */
export interface PodsByProtection {
  /** Those with a budget that would not allow it. */
  readonly guarded: readonly PodInfo[];
  readonly free: readonly PodInfo[];
}

/** Parts pods, were they all to go: the first of them use up what their budgets allow, and the rest are guarded. */
export function partByProtection(pods: readonly PodInfo[], budgetsOf: (pod: PodInfo) => readonly BudgetInfo[]): PodsByProtection {
  const left = new Map<string, number>();
  const guarded: PodInfo[] = [];
  const free: PodInfo[] = [];
  for (const pod of pods) {
    let isGuarded = false;
    for (const { uid, allowed } of budgetsOf(pod)) {
      const rest = (left.get(uid) ?? allowed) - 1;
      left.set(uid, rest);
      if (rest < 0) isGuarded = true;
    }
    (isGuarded ? guarded : free).push(pod);
  }
  return { guarded, free };
}
