import { type ApiError, forbidden, overBudget } from "../../api/errors.js";
import { disruptionAllowed, syncFailed, withCountedDisruptions } from "../../api/kinds/poddisruptionbudget/disruption-allowed.js";
import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";

/** Evictions allowed that the controller has not seen yet: more are a sign that nobody counts. */
const maxDisruptedPods = 2_000;
/** When to come back to a budget that is being worked on. */
const unsettledRetrySeconds = 10;

/** Whether a pod's going disrupts nothing: it has not begun, has ended, or goes anyway. */
export function needsNoBudget({ metadata, status }: Whole<Pod>): boolean {
  return metadata.deletionTimestamp !== undefined || ["Pending", "Succeeded", "Failed"].includes(status.phase ?? "Pending");
}

/**
 * Whether a budget lets a pod go without counting it: the pod is not ready, so that its going takes nothing away, and
 * either the budget does not mind at all, or enough others are healthy.
 */
export function isFreeToGo({ status }: Whole<Pod>, budget: Whole<PodDisruptionBudget>): boolean {
  if (status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True")) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status;
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/**
 * Takes a pod's eviction from what the draft of a budget allows, and writes down which pod it was: until the controller
 * has seen it go, it is not counted as healthy.
 * @throws ApiError TooManyRequests when the budget does not allow it, Forbidden when it is past counting
 */
export function chargeBudget(draft: Whole<PodDisruptionBudget>, podName: string, nowMs: number): void {
  const { metadata, status } = draft;
  const subject = { group: "policy", kind: "poddisruptionbudget", name: metadata.name };
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods } = status;
  if (observedGeneration < (metadata.generation ?? 0)) throw unsettledBudget(metadata.name);
  if (disruptionsAllowed < 0) throw forbidden(subject, "pdb disruptions allowed is negative");
  if (Object.keys(disruptedPods).length > maxDisruptedPods) {
    throw forbidden(subject, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  if (disruptionsAllowed === 0) throw overBudget(whyNot(draft));
  status.disruptionsAllowed = disruptionsAllowed - 1;
  if (status.disruptionsAllowed === 0) status.conditions = withCountedDisruptions(status, nowMs);
  disruptedPods[podName] = timeFromMs(nowMs);
}

/** What an eviction is told while nobody can say yet whether its budget allows it. */
export function unsettledBudget(name: string): ApiError {
  return overBudget(`The disruption budget ${name} is still being processed by the server.`, unsettledRetrySeconds);
}

function whyNot({ metadata: { name }, status }: Whole<PodDisruptionBudget>): string {
  const condition = disruptionAllowed(status);
  if (condition?.status === "False" && condition.reason === syncFailed) {
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${condition.message ?? ""}`;
  }
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
}
