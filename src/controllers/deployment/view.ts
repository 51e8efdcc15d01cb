import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive, isAvailable, isFinished, isReady } from "../pod-state.js";
import { rolledBackToAnnotation } from "./annotations.js";
import { minReadySecondsOf } from "./availability.js";
import { isSameTemplate } from "./template.js";

/** A ReplicaSet of a Deployment, and its pods as counted now. */
export interface ReplicaSetView {
  readonly replicaSet: Whole<ReplicaSet>;
  readonly name: string;
  /** spec.replicas. */
  readonly wanted: number;
  /** Pods that neither have ended nor been told to go. */
  readonly active: number;
  readonly ready: number;
  readonly available: number;
  /** Every pod whose containers may still run: those told to go are in it. */
  readonly present: number;
  /** All pods that exist. */
  readonly pods: number;
  /**
   * How many pods it has now or may have any moment. Its controller may not have deleted yet what it no longer wants,
   * nor created what it wants.
   */
  readonly occupied: number;
  /** How many available pods it keeps whatever its controller is still about to delete: it deletes others first. */
  readonly dependable: number;
  /** Its controller has seen its present spec and acted on it. */
  readonly settled: boolean;
  /** It makes no more pods than it occupies: it is settled, or is being deleted, for which its controller never settles. */
  readonly steady: boolean;
}

/** A Deployment and its ReplicaSets, as one consistent picture to plan from. */
export interface DeploymentView {
  readonly deployment: Whole<Deployment>;
  /** The ReplicaSet of the present template. */
  readonly current: ReplicaSetView | undefined;
  /** The others, oldest first. */
  readonly old: readonly ReplicaSetView[];
  /** `old`, then `current`. */
  readonly all: readonly ReplicaSetView[];
}

/** Counts the pods of each ReplicaSet and finds the one of the present template; of several, the oldest. */
export function viewDeployment(
  deployment: Whole<Deployment>,
  replicaSets: readonly Whole<ReplicaSet>[],
  podsOf: (replicaSet: Whole<ReplicaSet>) => readonly Whole<Pod>[],
  nowMs: number,
): DeploymentView {
  const minReadySeconds = minReadySecondsOf(deployment);
  const views = [...replicaSets].sort(byAge).map((replicaSet) => viewReplicaSet(replicaSet, podsOf(replicaSet), minReadySeconds, nowMs));
  const current = views.find(({ replicaSet }) => isSameTemplate(replicaSet.spec.template, deployment.spec.template));
  const old = views.filter((view) => view !== current);
  return { deployment, current, old, all: current === undefined ? old : [...old, current] };
}

function viewReplicaSet(
  replicaSet: Whole<ReplicaSet>,
  pods: readonly Whole<Pod>[],
  minReadySeconds: number,
  nowMs: number,
): ReplicaSetView {
  const { spec, status, metadata } = replicaSet;
  const active = pods.filter(isActive);
  const wanted = spec.replicas ?? 1;
  const settled = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const available = active.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length;
  return {
    replicaSet,
    name: metadata.name,
    wanted,
    active: active.length,
    ready: active.filter(isReady).length,
    available,
    present: pods.filter((pod) => !isFinished(pod)).length,
    pods: pods.length,
    occupied: Math.max(wanted, active.length),
    dependable: Math.min(wanted, available),
    settled,
    steady: settled || metadata.deletionTimestamp !== undefined,
  };
}

function byAge(a: Whole<ReplicaSet>, b: Whole<ReplicaSet>): number {
  const difference = (timeToMs(a.metadata.creationTimestamp) ?? 0) - (timeToMs(b.metadata.creationTimestamp) ?? 0);
  return difference !== 0 ? difference : a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Whether an automatic rollback has returned to this ReplicaSet, and nobody has wanted another since. */
export function isReturnedTo({ metadata }: Whole<Deployment>, { name }: ReplicaSetView): boolean {
  return metadata.annotations[rolledBackToAnnotation] === name;
}

/** Adds up one count over ReplicaSets. */
export function total(views: readonly ReplicaSetView[], count: (view: ReplicaSetView) => number): number {
  return views.reduce((sum, view) => sum + count(view), 0);
}
