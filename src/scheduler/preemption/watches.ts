import type { Whole } from "../../api/object.js";
import type { InformerHandler } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { DisruptionBudgets } from "../cluster/disruption-budgets.js";
import type { Nominations } from "../cluster/nominations.js";
import { needsNode, podInfo } from "../cluster/pod-info.js";

/** Keeps the budgets that the cluster's state knows. */
export function watchBudgets(budgets: DisruptionBudgets): InformerHandler<PodDisruptionBudget> {
  return {
    added: (budget) => budgets.set(budget),
    updated: (budget) => budgets.set(budget),
    deleted: (budget) => budgets.delete(budget),
  };
}

/**
 * Keeps the promises of earlier terms, and ends those of pods that need no node any more. Our own are made before pods
 * show them, and a pod may be seen as it was before: only what is new on it counts, and only where nothing else was promised.
 */
export function watchNominations(nominations: Nominations, isMine: (pod: Whole<Pod>) => boolean): InformerHandler<Pod> {
  const seen = (pod: Whole<Pod>, shownBefore: string): void => {
    const { uid } = pod.metadata;
    if (!needsNode(pod) || !isMine(pod)) {
      nominations.delete(uid);
      return;
    }
    const shown = pod.status.nominatedNodeName ?? "";
    const promised = nominations.nodeOf(uid);
    if (shown === "" && shownBefore !== "" && promised === shownBefore) nominations.delete(uid);
    else if (promised !== undefined) nominations.set(podInfo(pod), promised);
    else if (shown !== "" && shown !== shownBefore) nominations.set(podInfo(pod), shown);
  };
  return {
    added: (pod) => seen(pod, ""),
    updated: (pod, previous) => seen(pod, previous.status.nominatedNodeName ?? ""),
    deleted: ({ metadata }) => nominations.delete(metadata.uid),
  };
}
