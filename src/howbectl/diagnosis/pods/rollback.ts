import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import type { Whole } from "../../../api/object.js";
import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { Suggestion } from "../finding.js";
import { refOf, suggestCommand, targetWords } from "../suggestions.js";
import type { PodCase } from "./pod-case.js";

const revisionKey = "deployment.kubernetes.io/revision";

/** It is to have pods, and none of them is ready: of one that is to have none nobody knows. */
const isNoBetter = ({ spec, status }: Whole<ReplicaSet>): boolean => (spec.replicas ?? 1) > 0 && (status.readyReplicas ?? 0) === 0;

/** Going back to the revision before, for pods of a Deployment that has one. */
export function rollbackSuggestions({ pod, controllers, revisions }: PodCase): Suggestion[] {
  const deployment = controllers.find(({ kind }) => kind.typeName === deploymentKind.typeName);
  const numberOf = (annotations: Readonly<Record<string, string>>): number => Number(annotations[revisionKey] ?? 0);
  const current = revisions.find(({ metadata }) => pod.metadata.ownerReferences.some(({ uid }) => uid === metadata.uid));
  if (deployment === undefined || current === undefined) return [];
  const latest = numberOf(current.metadata.annotations);
  const earlier = revisions
    .filter((each) => !isNoBetter(each))
    .map(({ metadata }) => numberOf(metadata.annotations))
    .filter((number) => number > 0 && number < latest);
  // What is not the latest is going away by itself.
  const isLatest = revisions.every(({ metadata }) => numberOf(metadata.annotations) <= latest);
  if (earlier.length === 0 || !isLatest) return [];
  const revision = Math.max(...earlier);
  return [
    suggestCommand(`go back to revision ${revision}`, "rollout", "undo", ...targetWords(refOf(deployment)), `--to-revision=${revision}`),
  ];
}
