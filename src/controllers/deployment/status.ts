import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Deployment, DeploymentCondition, DeploymentStatus } from "../../gen/howbernetes/apps/v1/deployment.js";
import { rolledBackFromAnnotation } from "./annotations.js";
import { rollsBack } from "./availability.js";
import { Conditions } from "./conditions.js";
import { limitsOf } from "./limits.js";
import { type DeploymentView, isReturnedTo, total } from "./view.js";

/** A change of the condition Progressing that the counts alone don't tell. */
export type Progress =
  /** The ReplicaSet of this name was made just now. */
  | { readonly kind: "created"; readonly name: string }
  /** A rollout to this one, which was there, begins just now. */
  | { readonly kind: "found"; readonly name: string }
  /** It could not be made. */
  | { readonly kind: "createFailed"; readonly message: string }
  | { readonly kind: "counted" };

// Kubernetes' way to say "no deadline".
const noDeadline = 2 ** 31 - 1;
/** The reason of the condition Progressing once a rollout has moved on for too long no more. */
const deadlineExceeded = "ProgressDeadlineExceeded";

/** Whether the status says, of the present spec, that its rollout is stuck. */
export function isStuck({ metadata, status }: Whole<Deployment>): boolean {
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  return status.conditions.some(({ type, reason }) => type === "Progressing" && reason === deadlineExceeded);
}

/** What the Deployment's status should say. */
export function deploymentStatus(view: DeploymentView, progress: Progress, nowMs: number): DeploymentStatus {
  const { deployment, current, all } = view;
  const available = total(all, (each) => each.available);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total(all, ({ active }) => active),
    updatedReplicas: current?.active ?? 0,
    readyReplicas: total(all, ({ ready }) => ready),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all, ({ wanted }) => wanted) - available),
    terminatingReplicas: total(all, (each) => each.present - each.active),
  };
  const next: DeploymentStatus = { ...deployment.status, ...counts };
  const conditions = new Conditions(deployment.status.conditions, nowMs);
  setAvailable(conditions, deployment, available);
  setProgressing(conditions, view, next, { progress, nowMs });
  setReplicaFailure(conditions, view);
  setRolledBack(conditions, view);
  return { ...next, conditions: conditions.all() };
}

/** When the progress deadline of the rollout passes, if it is running and has one. */
export function deadlineInMs({ deployment }: DeploymentView, status: DeploymentStatus, nowMs: number): number | undefined {
  const deadlineMs = deadlineMsOf(deployment);
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  if (deadlineMs === undefined || progressing === undefined || isOver(progressing)) return undefined;
  const sinceMs = timeToMs(progressing.lastUpdateTime) ?? nowMs;
  // Times are kept in whole seconds: one more makes sure that the deadline has passed when we look.
  return Math.max(1_000, sinceMs + deadlineMs - nowMs + 1_000);
}

/** Whether a rollout has come to its end, one way or the other. */
function isOver({ reason }: DeploymentCondition): boolean {
  return reason === "NewReplicaSetAvailable" || reason === deadlineExceeded;
}

function hasDeadline({ spec }: Whole<Deployment>): boolean {
  return (spec.progressDeadlineSeconds ?? noDeadline) < noDeadline;
}

function deadlineMsOf(deployment: Whole<Deployment>): number | undefined {
  const { progressDeadlineSeconds = noDeadline, paused } = deployment.spec;
  return !hasDeadline(deployment) || paused === true ? undefined : progressDeadlineSeconds * 1000;
}

function setAvailable(conditions: Conditions, deployment: Whole<Deployment>, available: number): void {
  if (available >= limitsOf(deployment).minAvailable) {
    conditions.set("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.");
  } else {
    conditions.set("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.");
  }
}

function setReplicaFailure(conditions: Conditions, { current, old }: DeploymentView): void {
  const failure = [...(current === undefined ? [] : [current]), ...old]
    .flatMap(({ replicaSet }) => replicaSet.status.conditions)
    .find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (failure === undefined) conditions.remove("ReplicaFailure");
  else conditions.set("ReplicaFailure", "True", failure.reason ?? "", failure.message ?? "");
}

function setRolledBack(conditions: Conditions, { deployment, current }: DeploymentView): void {
  const from = deployment.metadata.annotations[rolledBackFromAnnotation];
  if (from === undefined || current === undefined || !isReturnedTo(deployment, current)) {
    conditions.remove("RolledBack");
    return;
  }
  const message = `Revision ${from} exceeded its progress deadline: rolled back to replica set "${current.name}"`;
  conditions.set("RolledBack", "True", deadlineExceeded, message);
}

interface ProgressContext {
  readonly progress: Progress;
  readonly nowMs: number;
}

function setProgressing(conditions: Conditions, view: DeploymentView, next: DeploymentStatus, context: ProgressContext): void {
  const { deployment, current } = view;
  const before = conditions.get("Progressing");
  const { progress } = context;
  if (progress.kind === "createFailed") {
    conditions.set("Progressing", "False", "ReplicaSetCreateError", progress.message);
  } else if (!hasDeadline(deployment)) {
    conditions.remove("Progressing");
  } else if (progress.kind === "created") {
    conditions.set("Progressing", "True", "NewReplicaSetCreated", `Created new replica set "${progress.name}"`);
  } else if (deployment.spec.paused === true) {
    // That it is stuck is worth more than that somebody paused it over it.
    if (before?.reason !== deadlineExceeded) conditions.set("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused");
  } else if (progress.kind === "found") {
    conditions.touch("Progressing", "True", "FoundNewReplicaSet", `Found new replica set "${progress.name}"`);
  } else if (before?.reason === "DeploymentPaused") {
    conditions.set("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed");
  } else if (current !== undefined) {
    if (before === undefined) conditions.set("Progressing", "True", "FoundNewReplicaSet", `Found new replica set "${current.name}"`);
    const isDone = next.replicas === next.updatedReplicas && before?.reason === "NewReplicaSetAvailable";
    if (!isDone) setByCounts(conditions, view, next, context.nowMs);
  }
}

function setByCounts(conditions: Conditions, { deployment, current }: DeploymentView, next: DeploymentStatus, nowMs: number): void {
  const subject = current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.name}"`;
  if (isRolledOut(deployment, next)) {
    conditions.set("Progressing", "True", "NewReplicaSetAvailable", `${subject} has successfully progressed.`);
  } else if (hasProgressed(deployment, next)) {
    conditions.touch("Progressing", "True", "ReplicaSetUpdated", `${subject} is progressing.`);
  } else if (isOverdue(deployment, conditions.get("Progressing"), nowMs)) {
    conditions.set("Progressing", "False", deadlineExceeded, `${subject} has timed out progressing.`);
  }
}

function isRolledOut({ spec }: Whole<Deployment>, next: DeploymentStatus): boolean {
  const desired = spec.replicas ?? 1;
  return next.updatedReplicas === desired && next.replicas === desired && next.availableReplicas === desired;
}

function hasProgressed(deployment: Whole<Deployment>, next: DeploymentStatus): boolean {
  const { status: before } = deployment;
  // A program that crashes again and again gets ready as often: it would put the deadline off, and with it the rollback.
  const isReadier = !rollsBack(deployment) && (next.readyReplicas ?? 0) > (before.readyReplicas ?? 0);
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(next) < old(before) ||
    isReadier ||
    (next.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isOverdue(deployment: Whole<Deployment>, condition: DeploymentCondition | undefined, nowMs: number): boolean {
  const deadlineMs = deadlineMsOf(deployment);
  if (deadlineMs === undefined || condition === undefined || isOver(condition)) return false;
  return (timeToMs(condition.lastUpdateTime) ?? nowMs) + deadlineMs < nowMs;
}
