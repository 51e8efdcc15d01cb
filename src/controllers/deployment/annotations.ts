import { configSeenAnnotation } from "../config-rollout/annotations.js";

/** The rollout's number, on a Deployment and each of its ReplicaSets. */
export const revisionAnnotation = "deployment.kubernetes.io/revision";
/** Earlier numbers of a ReplicaSet that was rolled back to, joined by commas. */
export const revisionHistoryAnnotation = "deployment.kubernetes.io/revision-history";
/** On a ReplicaSet: how many replicas its Deployment asked for when it was scaled last. */
export const desiredReplicasAnnotation = "deployment.kubernetes.io/desired-replicas";
/** On a ReplicaSet: how many replicas all of the Deployment's ReplicaSets might have had together then. */
export const maxReplicasAnnotation = "deployment.kubernetes.io/max-replicas";
/** Why there was a rollout, in its author's words: `howbectl rollout history` shows it. */
export const changeCauseAnnotation = "kubernetes.io/change-cause";
/** On a ReplicaSet: a rollout to it came to its end, with at least one pod. */
export const completedAnnotation = "howbernetes.dev/completed";
/** On a ReplicaSet: the last rollout to it exceeded its progress deadline. */
export const failedAnnotation = "howbernetes.dev/failed";
/** On a Deployment that was rolled back: the number of the rollout that failed. */
export const rolledBackFromAnnotation = "howbernetes.dev/rolled-back-from";
/** On a Deployment that was rolled back: the name of the ReplicaSet that it returned to. */
export const rolledBackToAnnotation = "howbernetes.dev/rolled-back-to";
/** The label that tells a Deployment's ReplicaSets and their pods apart. */
export const templateHashLabel = "pod-template-hash";

/** Not copied from a Deployment to its ReplicaSets: what each of them has for itself, and kubectl's memory. */
const ownAnnotations: ReadonlySet<string> = new Set([
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  completedAnnotation,
  failedAnnotation,
  rolledBackFromAnnotation,
  rolledBackToAnnotation,
  configSeenAnnotation,
  "kubectl.kubernetes.io/last-applied-configuration",
  "deprecated.deployment.rollback.to",
]);

/** A Deployment's annotations that its newest ReplicaSet takes over, the change cause among them. */
export function inheritedAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !ownAnnotations.has(key)));
}

/** Annotations to set, and, where the value is null, to take away. */
export type AnnotationChange = Readonly<Record<string, string | null>>;

/** A number in an annotation, or undefined when there is none. */
export function numberIn(annotations: Readonly<Record<string, string>>, key: string): number | undefined {
  const text = annotations[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
