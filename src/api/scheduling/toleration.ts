import type { Taint, Toleration } from "../../gen/howbernetes/core/v1/scheduling.js";

/** Effects of a taint that keep new pods away. */
export const repellingEffects: readonly string[] = ["NoSchedule", "NoExecute"];

/** Taints that the node lifecycle controller sets on a node that does not answer, or says that it is not ready. */
export const unreachableTaint = "node.kubernetes.io/unreachable";
export const notReadyTaint = "node.kubernetes.io/not-ready";
/** What a pod tolerates that may go to a cordoned node. */
export const unschedulableTaint = "node.kubernetes.io/unschedulable";

/** Whether a toleration covers a taint, by Kubernetes' rules: an empty effect or, with Exists, an empty key covers all. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = "", operator = "", value = "", effect = "" } = toleration;
  if (effect !== "" && effect !== (taint.effect ?? "")) return false;
  if (key !== "" && key !== (taint.key ?? "")) return false;
  if (operator === "Exists") return true;
  return (operator === "" || operator === "Equal") && key !== "" && value === (taint.value ?? "");
}

/** The first taint, among those with one of `effects`, that no toleration covers. */
export function untoleratedTaint(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly string[],
): Taint | undefined {
  for (const taint of taints) if (effects.includes(taint.effect ?? "") && !isTolerated(taint, tolerations)) return taint;
  return undefined;
}

/** Whether any toleration covers a taint. Asked of every taint of hundreds of nodes for each pod: makes nothing. */
export function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}
