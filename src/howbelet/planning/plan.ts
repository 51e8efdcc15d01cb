import { unreachable } from "../../base/invariant.js";
import { planRemoval, planSettling } from "./plan-end.js";
import { planRun } from "./plan-run.js";
import type { PlanInput, PodAction } from "./pod-action.js";

/** Decides what is to be done for a pod now. Pure: the same input gives the same steps, and what is reached gives none. */
export function planPod(input: PlanInput): readonly PodAction[] {
  switch (input.intent) {
    case "run":
      return planRun(input);
    case "settle":
      return planSettling(input);
    case "delete":
    case "discard":
      return planRemoval(input);
    default:
      return unreachable(input.intent);
  }
}
