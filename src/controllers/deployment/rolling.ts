import { type Limits, limitsOf } from "./limits.js";
import { scaleStep } from "./scaling.js";
import type { Step } from "./step.js";
import { type DeploymentView, type ReplicaSetView, total } from "./view.js";

/** How many replicas a ReplicaSet of the present template may be given, when there is none yet. */
export function firstReplicas(view: DeploymentView): number {
  const limits = limitsOf(view.deployment);
  return view.old.every(({ steady }) => steady) ? growth(view, limits) : 0;
}

/**
 * The next move of a rolling update: grow the new as far as the surge admits, else shrink the old as far as
 * availability admits.
 *
 * Holds at every moment, however far the ReplicaSets' controller lags behind: pods without deletionTimestamp never
 * exceed `maxTotal`, because a ReplicaSet occupies the larger of what it wants and what it has, and because nothing
 * grows while another one's last change has not been acted on; available pods never fall below `minAvailable` by our
 * doing, because only as many are relied on as a ReplicaSet also wants.
 */
export function planRolling(view: DeploymentView): readonly Step[] {
  const { current, old } = view;
  if (current === undefined) return [];
  const limits = limitsOf(view.deployment);
  if (current.wanted > limits.desired) return [scaleStep(view.deployment, current, limits.desired)];
  const more = growth(view, limits);
  if (more > 0 && old.every(({ steady }) => steady)) return [scaleStep(view.deployment, current, current.wanted + more)];
  return planShrinking(view, current, limits);
}

function growth({ current, all }: DeploymentView, { desired, maxTotal }: Limits): number {
  const missing = desired - (current?.wanted ?? 0);
  return Math.max(0, Math.min(missing, maxTotal - total(all, ({ occupied }) => occupied)));
}

/** First what is not available anyway, then what new pods have made superfluous; the oldest ReplicaSets first. */
function planShrinking({ deployment, old, all }: DeploymentView, current: ReplicaSetView, { minAvailable }: Limits): readonly Step[] {
  const startingUp = Math.max(0, current.wanted - current.available);
  let unavailableBudget = total(all, ({ wanted }) => wanted) - minAvailable - startingUp;
  let availableBudget = total(all, ({ dependable }) => dependable) - minAvailable;
  const steps: Step[] = [];
  for (const view of old) {
    if (unavailableBudget <= 0) break;
    const broken = Math.min(view.wanted - view.dependable, unavailableBudget);
    unavailableBudget -= broken;
    const superfluous = Math.max(0, Math.min(view.dependable, availableBudget, unavailableBudget));
    // Its controller deletes what is not available first: available pods go only when none of the others are left.
    const left = view.wanted - broken;
    const healthy = left <= view.dependable ? superfluous : 0;
    unavailableBudget -= healthy;
    availableBudget -= healthy;
    if (broken + healthy > 0) steps.push(scaleStep(deployment, view, left - healthy));
  }
  return steps;
}
