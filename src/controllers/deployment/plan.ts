import { inheritedAnnotations, revisionAnnotation } from "./annotations.js";
import { limitsOf } from "./limits.js";
import { isTornDown, planRecreate, planTeardown } from "./recreate.js";
import { currentRevision, planDeploymentRevision, planHistory, planRevision } from "./revisions.js";
import { planCompletion, planRollback } from "./rollback.js";
import { firstReplicas, planRolling } from "./rolling.js";
import { isResized, planScaling, sizeAnnotations } from "./scaling.js";
import type { Step } from "./step.js";
import { type DeploymentView, total } from "./view.js";

/**
 * Decides what to do next for a Deployment. The steps of one plan don't depend on each other; what has to come after
 * them is planned anew once their effects are seen. None means: nothing to do until something changes.
 */
export function planDeployment(view: DeploymentView): readonly Step[] {
  const { deployment } = view;
  if (deployment.metadata.deletionTimestamp !== undefined) return [];
  const paused = deployment.spec.paused === true;
  const recreate = deployment.spec.strategy?.type === "Recreate";
  const revision = planRevision(view);
  if (revision.length > 0) return revision;
  if (paused) {
    const scaling = planScaling(view);
    return scaling.length > 0 ? scaling : planHistory(view);
  }
  const rollback = planRollback(view);
  if (rollback.length > 0) return rollback;
  if (!recreate && isResized(view)) return planScaling(view);
  const steps = recreate ? planRecreation(view) : view.current === undefined ? planFirst(view, firstReplicas(view)) : planRolling(view);
  return steps.length === 0 && isComplete(view) ? [...planCompletion(view), ...planHistory(view)] : steps;
}

function planRecreation(view: DeploymentView): readonly Step[] {
  const teardown = planTeardown(view);
  if (teardown.length > 0 || !isTornDown(view)) return teardown;
  return view.current === undefined ? planFirst(view, limitsOf(view.deployment).desired) : planRecreate(view);
}

/** Makes the ReplicaSet of a template that has none yet: a new rollout begins. */
function planFirst(view: DeploymentView, replicas: number): readonly Step[] {
  const annotations = {
    ...inheritedAnnotations(view.deployment.metadata.annotations),
    ...sizeAnnotations(view.deployment),
    [revisionAnnotation]: String(currentRevision(view)),
  };
  return [{ kind: "create", replicas, annotations }, ...planDeploymentRevision(view)];
}

/** Whether the rollout has come to its end: every pod is of the present template, and available. */
export function isComplete({ deployment, current, all }: DeploymentView): boolean {
  const { desired } = limitsOf(deployment);
  const active = total(all, (view) => view.active);
  return current !== undefined && current.active === desired && current.available === desired && active === desired;
}
