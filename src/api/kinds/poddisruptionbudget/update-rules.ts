import { type PodDisruptionBudget, PodDisruptionBudgetStatus } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { Whole } from "../../object.js";
import { raiseGeneration, startGeneration } from "../generation.js";

/** A new budget allows no disruption until somebody has counted its pods. */
export function preparePodDisruptionBudgetForCreate(draft: Whole<PodDisruptionBudget>): void {
  startGeneration(draft);
  draft.status = PodDisruptionBudgetStatus.fromPartial({});
}

/** A write of the spec leaves the status as it was. */
export function preparePodDisruptionBudgetForUpdate(draft: Whole<PodDisruptionBudget>, previous: Whole<PodDisruptionBudget>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
}
