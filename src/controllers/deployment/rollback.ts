import type { Whole } from "../../api/object.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import {
  type AnnotationChange,
  changeCauseAnnotation,
  completedAnnotation,
  failedAnnotation,
  rolledBackFromAnnotation,
  rolledBackToAnnotation,
} from "./annotations.js";
import { rollsBack } from "./availability.js";
import { limitsOf } from "./limits.js";
import { revisionOf } from "./revisions.js";
import { isStuck } from "./status.js";
import type { Step } from "./step.js";
import { withoutHash } from "./template.js";
import { type DeploymentView, isReturnedTo, type ReplicaSetView } from "./view.js";

/**
 * Returns a Deployment that asks for it to the template of its last complete revision once its progress deadline has
 * passed. Never from one rollback into another: a revision that was returned to, and fails too, stays.
 *
 * Unlike Kubernetes: there somebody has to look, and to say `rollout undo`.
 */
export function planRollback(view: DeploymentView): readonly Step[] {
  const { deployment, current, old } = view;
  if (current === undefined) return [];
  const forget = planForgetting(deployment, current);
  if (forget.length > 0) return forget;
  if (!rollsBack(deployment) || !isStuck(deployment)) return [];
  const overdue = `Revision ${revisionOf(current)} exceeded its progress deadline`;
  if (isReturnedTo(deployment, current)) {
    return planFailure(current, "DeploymentRollbackFailed", `${overdue}, after it was rolled back to: it stays`);
  }
  const target = lastComplete(old);
  if (target === undefined) {
    return planFailure(current, "DeploymentRollbackRevisionNotFound", `${overdue}, and no earlier one was ever complete: it stays`);
  }
  const message = `${overdue}: rolled back to revision ${revisionOf(target)}, replica set "${target.name}"`;
  const template = withoutHash(target.replicaSet.spec.template ?? PodTemplateSpec.fromPartial({}));
  return [...planFailure(current), { kind: "rollback", template, annotations: memoryOf(current, target), message }];
}

/** Notes on the ReplicaSet of a rollout that has come to its end that it did. Without pods nothing is shown by that. */
export function planCompletion({ deployment, current }: DeploymentView): readonly Step[] {
  if (current === undefined || limitsOf(deployment).desired === 0) return [];
  const { replicaSet } = current;
  const { [completedAnnotation]: completed, [failedAnnotation]: failed } = replicaSet.metadata.annotations;
  if (completed !== undefined && failed === undefined) return [];
  return [{ kind: "mark", replicaSet, annotations: { [completedAnnotation]: "true", [failedAnnotation]: null } }];
}

/** Somebody has wanted another template since the rollback: it is a matter of the past. */
function planForgetting(deployment: Whole<Deployment>, current: ReplicaSetView): readonly Step[] {
  if (deployment.metadata.annotations[rolledBackToAnnotation] === undefined || isReturnedTo(deployment, current)) return [];
  return [{ kind: "annotate", annotations: { [rolledBackFromAnnotation]: null, [rolledBackToAnnotation]: null } }];
}

/** Marks a ReplicaSet as one whose rollout failed. Once: the Event that goes with it is not to be repeated. */
function planFailure({ replicaSet }: ReplicaSetView, reason = "", message = ""): readonly Step[] {
  if (replicaSet.metadata.annotations[failedAnnotation] !== undefined) return [];
  const annotations = { [failedAnnotation]: "true" };
  return [{ kind: "mark", replicaSet, annotations, ...(reason === "" ? {} : { tell: { reason, message } }) }];
}

function lastComplete(old: readonly ReplicaSetView[]): ReplicaSetView | undefined {
  const complete = old.filter(({ replicaSet: { metadata } }) => {
    const { [completedAnnotation]: completed, [failedAnnotation]: failed } = metadata.annotations;
    return completed !== undefined && failed === undefined && metadata.deletionTimestamp === undefined;
  });
  return complete.sort((a, b) => revisionOf(b) - revisionOf(a))[0];
}

/** The change cause goes with the template that it explains. */
function memoryOf(failed: ReplicaSetView, target: ReplicaSetView): AnnotationChange {
  return {
    [rolledBackFromAnnotation]: String(revisionOf(failed)),
    [rolledBackToAnnotation]: target.name,
    [changeCauseAnnotation]: target.replicaSet.metadata.annotations[changeCauseAnnotation] ?? null,
  };
}
