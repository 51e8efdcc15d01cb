import type { Condition } from "../../../gen/howbernetes/meta/v1/meta.js";
import type { PodDisruptionBudgetStatus } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { timeFromMs } from "../../values/time.js";

const type = "DisruptionAllowed";

/** A budget's condition that says whether any pod may be evicted now. */
export function disruptionAllowed({ conditions }: PodDisruptionBudgetStatus): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** The reason that the condition gives when the pods could not be counted: then none may be evicted. */
export const syncFailed = "SyncFailed";

/** The conditions of a budget of which so many disruptions are allowed. */
export function withCountedDisruptions(status: PodDisruptionBudgetStatus, nowMs: number): Condition[] {
  const isAllowed = (status.disruptionsAllowed ?? 0) > 0;
  const reason = isAllowed ? "SufficientPods" : "InsufficientPods";
  return replaced(status, { status: isAllowed ? "True" : "False", reason, message: "" }, nowMs);
}

/** The conditions of a budget whose pods could not be counted, for the reason that `message` tells. */
export function withFailedSync(status: PodDisruptionBudgetStatus, message: string, nowMs: number): Condition[] {
  return replaced(status, { status: "False", reason: syncFailed, message }, nowMs);
}

function replaced(
  status: PodDisruptionBudgetStatus,
  said: { readonly status: string; readonly reason: string; readonly message: string },
  nowMs: number,
): Condition[] {
  const before = disruptionAllowed(status);
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : timeFromMs(nowMs);
  const condition = { type, ...said, observedGeneration: status.observedGeneration, lastTransitionTime };
  return [...status.conditions.filter((other) => other !== before), condition];
}
