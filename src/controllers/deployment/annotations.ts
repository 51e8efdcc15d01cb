/** The rollout's number, on a Deployment and each of its ReplicaSets. */
export const revisionAnnotation = "deployment.kubernetes.io/revision";
/** Earlier numbers of a ReplicaSet that was rolled back to, joined by commas. */
export const revisionHistoryAnnotation = "deployment.kubernetes.io/revision-history";
/** On a ReplicaSet: how many replicas its Deployment asked for when it was scaled last. */
export const desiredReplicasAnnotation = "deployment.kubernetes.io/desired-replicas";
/** On a ReplicaSet: how many replicas all of the Deployment's ReplicaSets might have had together then. */
export const maxReplicasAnnotation = "deployment.kubernetes.io/max-replicas";
/** The label that tells a Deployment's ReplicaSets and their pods apart. */
export const templateHashLabel = "pod-template-hash";

/** Not copied from a Deployment to its ReplicaSets: what each of them has for itself, and kubectl's memory. */
const ownAnnotations: ReadonlySet<string> = new Set([
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  "kubectl.kubernetes.io/last-applied-configuration",
  "deprecated.deployment.rollback.to",
]);

/** A Deployment's annotations that its newest ReplicaSet takes over, the change cause among them. */
export function inheritedAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !ownAnnotations.has(key)));
}

/** A number in an annotation, or undefined when there is none. */
export function numberIn(annotations: Readonly<Record<string, string>>, key: string): number | undefined {
  const text = annotations[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
