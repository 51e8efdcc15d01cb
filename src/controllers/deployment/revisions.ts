import { inheritedAnnotations, numberIn, revisionAnnotation, revisionHistoryAnnotation } from "./annotations.js";
import { minReadySecondsOf } from "./availability.js";
import type { Step } from "./step.js";
import type { DeploymentView, ReplicaSetView } from "./view.js";

// Kubernetes' bound on what a ReplicaSet that is returned to again and again remembers.
const maxHistoryLength = 2_000;

/** The number of a ReplicaSet's rollout; 0 when it has none. */
export function revisionOf({ replicaSet }: ReplicaSetView): number {
  return numberIn(replicaSet.metadata.annotations, revisionAnnotation) ?? 0;
}

/** The number that a rollout of the present template has, or gets: always the highest. */
export function currentRevision({ current, old }: DeploymentView): number {
  const highestOld = Math.max(0, ...old.map(revisionOf));
  return Math.max(current === undefined ? 0 : revisionOf(current), highestOld + 1);
}

/** Steps that bring numbers, and what the newest ReplicaSet takes over, up to date. Empty when they are. */
export function planRevision(view: DeploymentView): readonly Step[] {
  const { deployment, current } = view;
  if (current === undefined) return [];
  const revision = currentRevision(view);
  const wanted = { ...inheritedAnnotations(deployment.metadata.annotations), ...renumbered(current, revision) };
  const have = current.replicaSet.metadata.annotations;
  const annotations = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => have[key] !== value));
  const returnsTo = revisionOf(current) !== 0 && revisionOf(current) !== revision;
  const minReadySeconds = minReadySecondsOf(deployment);
  const steps: Step[] = [];
  if (Object.keys(annotations).length > 0 || (current.replicaSet.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    steps.push({ kind: "sync", replicaSet: current.replicaSet, annotations, minReadySeconds, returnsTo });
  }
  return [...steps, ...planDeploymentRevision(view)];
}

/** The step that tells the Deployment the number of its rollout. */
export function planDeploymentRevision(view: DeploymentView): readonly Step[] {
  const revision = String(currentRevision(view));
  const has = view.deployment.metadata.annotations[revisionAnnotation];
  return has === revision ? [] : [{ kind: "annotate", annotations: { [revisionAnnotation]: revision } }];
}

/** A ReplicaSet that is rolled back to gets a new number, and remembers the old. */
function renumbered(current: ReplicaSetView, revision: number): Record<string, string> {
  const before = revisionOf(current);
  if (before === revision) return {};
  const history = current.replicaSet.metadata.annotations[revisionHistoryAnnotation] ?? "";
  const earlier = shortened([...history.split(","), before === 0 ? "" : String(before)].filter((part) => part !== ""));
  return { [revisionAnnotation]: String(revision), ...(earlier === "" ? {} : { [revisionHistoryAnnotation]: earlier }) };
}

/** The latest of them, as many as fit. */
function shortened(revisions: readonly string[]): string {
  const text = revisions.join(",");
  return text.length <= maxHistoryLength ? text : shortened(revisions.slice(1));
}

/** Deletes the oldest rollouts beyond spec.revisionHistoryLimit, as far as no pod of them is left. */
export function planHistory({ deployment, old }: DeploymentView): readonly Step[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  const kept = old.filter(({ replicaSet }) => replicaSet.metadata.deletionTimestamp === undefined);
  const surplus = [...kept].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, kept.length - limit));
  return surplus
    .filter(({ wanted, pods, settled }) => wanted === 0 && pods === 0 && settled)
    .map(({ replicaSet }) => ({ kind: "delete", replicaSet }));
}
