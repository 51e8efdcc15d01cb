import { limitsOf } from "./limits.js";
import { scaleStep } from "./scaling.js";
import type { Step } from "./step.js";
import type { DeploymentView } from "./view.js";

/** The steps that bring the old ReplicaSets of a Recreate to zero. */
export function planTeardown({ deployment, old }: DeploymentView): readonly Step[] {
  return old.filter(({ wanted }) => wanted > 0).map((view) => scaleStep(deployment, view, 0));
}

/**
 * Whether nothing of the old is left, so that the new may start: no pod that could still run a container, also none
 * that has been told to go, and none that the ReplicaSet's controller might be creating yet.
 */
export function isTornDown({ old }: DeploymentView): boolean {
  return old.every(({ wanted, present, settled }) => wanted === 0 && present === 0 && settled);
}

/** Gives the ReplicaSet of the present template its full size at once. */
export function planRecreate(view: DeploymentView): readonly Step[] {
  const { deployment, current } = view;
  const { desired } = limitsOf(deployment);
  return current === undefined || current.wanted === desired ? [] : [scaleStep(deployment, current, desired)];
}
