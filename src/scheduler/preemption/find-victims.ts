import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { FailedAttempt } from "../framework/plugin.js";
import { lastingRefusal, type Refusal } from "../framework/refusal.js";
import { type Candidate, candidate } from "./candidate.js";
import { byImportance } from "./importance.js";
import { partByProtection } from "./protected-pods.js";

/** What looking for victims on a node came to. */
export type VictimSearch =
  | { readonly candidate: Candidate; readonly refusal?: undefined }
  /** Why the node will not do, whoever leaves it of those that may be made to. */
  | { readonly candidate?: undefined; readonly refusal: Refusal };

/** The name of the plugin that preempts. */
export const preemptionPlugin = "DefaultPreemption";

const nobody: VictimSearch = { refusal: lastingRefusal(preemptionPlugin, "No preemption victims found for incoming pod") };

/**
 * Finds the pods that would have to leave a node so that another fits there. All of a lower priority are taken away; if
 * that helps, as many as possible are given back: first those that a PodDisruptionBudget protects, and of either kind the
 * most important first.
 */
export function findVictims(node: NodeInfo, { pod, check }: FailedAttempt, cluster: ClusterView): VictimSearch {
  const lower = [...node.pods.values()].filter(({ priority }) => priority < pod.priority).sort(byImportance);
  if (lower.length === 0) return nobody;
  return cluster.tentatively(({ place, remove }) => {
    for (const { uid } of lower) remove(uid);
    const refusal = check(node);
    if (refusal !== undefined) return { refusal };
    const mustLeave = (other: PodInfo): boolean => {
      place(other, node.name);
      if (check(node) === undefined) return false;
      remove(other.uid);
      return true;
    };
    const { guarded, free } = partByProtection(lower, (other) => cluster.budgetsOf(other));
    const violating = guarded.filter(mustLeave);
    const victims = [...violating, ...free.filter(mustLeave)].sort(byImportance);
    // It fits with all of them there: what was in the way is elsewhere, and nothing is gained by evicting.
    if (victims.length === 0) return nobody;
    return { candidate: candidate({ nodeName: node.name, victims, violations: violating.length }) };
  });
}
