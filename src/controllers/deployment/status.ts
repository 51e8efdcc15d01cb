import type { Whole } from "../../api/object.js";
import { timeFromMs, timeToMs } from "../../api/values/time.js";
import type { Deployment, DeploymentCondition, DeploymentStatus } from "../../gen/howbernetes/apps/v1/deployment.js";
import { limitsOf } from "./limits.js";
import { type DeploymentView, total } from "./view.js";

/** A change of the condition Progressing that the counts alone don't tell. */
export type Progress =
  /** The ReplicaSet of this name was made just now. */
  | { readonly kind: "created"; readonly name: string }
  /** It could not be made. */
  | { readonly kind: "createFailed"; readonly message: string }
  | { readonly kind: "counted" };

// Kubernetes' way to say "no deadline".
const noDeadline = 2 ** 31 - 1;

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
  return { ...next, conditions: conditions.all() };
}

/** When the progress deadline of the rollout passes, if it is running and has one. */
export function deadlineInMs({ deployment }: DeploymentView, status: DeploymentStatus, nowMs: number): number | undefined {
  const deadlineMs = deadlineMsOf(deployment);
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  if (deadlineMs === undefined || progressing?.status !== "True" || progressing.reason === "NewReplicaSetAvailable") return undefined;
  const sinceMs = timeToMs(progressing.lastUpdateTime) ?? nowMs;
  // Times are kept in whole seconds: one more makes sure that the deadline has passed when we look.
  return Math.max(1_000, sinceMs + deadlineMs - nowMs + 1_000);
}

function deadlineMsOf({ spec }: Whole<Deployment>): number | undefined {
  const seconds = spec.progressDeadlineSeconds ?? noDeadline;
  return seconds >= noDeadline || spec.paused === true ? undefined : seconds * 1000;
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
  } else if (progress.kind === "created") {
    conditions.set("Progressing", "True", "NewReplicaSetCreated", `Created new replica set "${progress.name}"`);
  } else if (deployment.spec.paused === true) {
    conditions.set("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused");
  } else if (before?.reason === "DeploymentPaused") {
    conditions.set("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed");
  } else if (current !== undefined) {
    if (before === undefined) conditions.set("Progressing", "True", "FoundNewReplicaSet", `Found new replica set "${current.name}"`);
    const isOver = next.replicas === next.updatedReplicas && before?.reason === "NewReplicaSetAvailable";
    if (!isOver) setByCounts(conditions, view, next, context.nowMs);
  }
}

function setByCounts(conditions: Conditions, { deployment, current }: DeploymentView, next: DeploymentStatus, nowMs: number): void {
  const subject = current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.name}"`;
  if (isRolledOut(deployment, next)) {
    conditions.set("Progressing", "True", "NewReplicaSetAvailable", `${subject} has successfully progressed.`);
  } else if (hasProgressed(deployment.status, next)) {
    conditions.touch("Progressing", "True", "ReplicaSetUpdated", `${subject} is progressing.`);
  } else if (isOverdue(deployment, conditions.get("Progressing"), nowMs)) {
    conditions.set("Progressing", "False", "ProgressDeadlineExceeded", `${subject} has timed out progressing.`);
  }
}

function isRolledOut({ spec }: Whole<Deployment>, next: DeploymentStatus): boolean {
  const desired = spec.replicas ?? 1;
  return next.updatedReplicas === desired && next.replicas === desired && next.availableReplicas === desired;
}

function hasProgressed(before: DeploymentStatus, next: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(next) < old(before) ||
    (next.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isOverdue(deployment: Whole<Deployment>, condition: DeploymentCondition | undefined, nowMs: number): boolean {
  const deadlineMs = deadlineMsOf(deployment);
  if (deadlineMs === undefined || condition === undefined || condition.reason === "NewReplicaSetAvailable") return false;
  return (timeToMs(condition.lastUpdateTime) ?? nowMs) + deadlineMs < nowMs;
}

/** A status's conditions while they are worked out: times move only when something did. */
class Conditions {
  private readonly byType: Map<string, DeploymentCondition>;

  constructor(
    conditions: readonly DeploymentCondition[],
    private readonly nowMs: number,
  ) {
    this.byType = new Map(conditions.map((condition) => [condition.type ?? "", condition]));
  }

  get(type: string): DeploymentCondition | undefined {
    return this.byType.get(type);
  }

  /** Sets a condition; one that stands with the same status and reason keeps its times. */
  set(type: string, status: string, reason: string, message: string): void {
    const before = this.byType.get(type);
    if (before?.status === status && before.reason === reason) {
      if (before.message !== message) this.byType.set(type, { ...before, message });
      return;
    }
    this.touch(type, status, reason, message);
  }

  /** Sets a condition and notes that there was news, also when it says what it said before. */
  touch(type: string, status: string, reason: string, message: string): void {
    const before = this.byType.get(type);
    const now = timeFromMs(this.nowMs);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
    this.byType.set(type, { type, status, reason, message, lastUpdateTime: now, lastTransitionTime });
  }

  remove(type: string): void {
    this.byType.delete(type);
  }

  all(): DeploymentCondition[] {
    return [...this.byType.values()];
  }
}
