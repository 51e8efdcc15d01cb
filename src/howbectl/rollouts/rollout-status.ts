import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../api/object.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { KindObject } from "../printers/object-format.js";
import { UsageError } from "../usage-error.js";

/** How far a rollout is. */
export interface RolloutStatus {
  readonly text: string;
  readonly done: boolean;
}

/**
 * How far the rollout of a Deployment, DaemonSet or StatefulSet is, in kubectl's words.
 *
 * @param revision the one that the Deployment must be at; 0: any
 * @throws UsageError when the rollout has failed, or cannot be told of
 */
export function rolloutStatus({ kind, object }: KindObject, revision: number): RolloutStatus {
  // An object under a kind's name is of that kind: the client unpacked it as such.
  if (kind.typeName === deploymentKind.typeName) return deploymentStatus(object as Whole<Deployment>, revision);
  if (kind.typeName === daemonSetKind.typeName) return daemonSetStatus(object as Whole<DaemonSet>);
  if (kind.typeName === statefulSetKind.typeName) return statefulSetStatus(object as Whole<StatefulSet>);
  throw new UsageError(`no status viewer has been implemented for ${kind.kind}${kind.group === "" ? "" : `.${kind.group}`}`);
}

const waiting = (text: string): RolloutStatus => ({ text, done: false });
const finished = (text: string): RolloutStatus => ({ text, done: true });

function deploymentStatus({ metadata, spec, status }: Whole<Deployment>, revision: number): RolloutStatus {
  const { name } = metadata;
  const present = Number(metadata.annotations["deployment.kubernetes.io/revision"] ?? 0);
  if (revision > 0 && present !== revision) {
    throw new UsageError(`desired revision (${revision}) is different from the running revision (${present})`);
  }
  if (!isObserved(metadata.generation, status.observedGeneration)) return waiting("Waiting for deployment spec update to be observed...");
  const progressing = status.conditions.find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") throw new UsageError(`deployment "${name}" exceeded its progress deadline`);

  // Unlike Kubernetes, where nothing rolls back by itself: what runs well again is not what was asked for last.
  const rolledBack = status.conditions.find(({ type, status: value }) => type === "RolledBack" && value === "True");
  if (rolledBack !== undefined) throw new UsageError(`deployment "${name}" was rolled back: ${rolledBack.message ?? ""}`);

  const { replicas: wanted = 1 } = spec;
  const { replicas: total = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  const unfinished = (rest: string): RolloutStatus => waiting(`Waiting for deployment "${name}" rollout to finish: ${rest}...`);
  if (updated < wanted) return unfinished(`${updated} out of ${wanted} new replicas have been updated`);
  if (total > updated) return unfinished(`${total - updated} old replicas are pending termination`);
  if (available < updated) return unfinished(`${available} of ${updated} updated replicas are available`);
  return finished(`deployment "${name}" successfully rolled out`);
}

function daemonSetStatus({ metadata, spec, status }: Whole<DaemonSet>): RolloutStatus {
  requireRollingUpdate(spec.updateStrategy?.type);
  if (!isObserved(metadata.generation, status.observedGeneration)) return waiting("Waiting for daemon set spec update to be observed...");
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable: available = 0 } = status;
  const unfinished = (rest: string): RolloutStatus => waiting(`Waiting for daemon set "${metadata.name}" rollout to finish: ${rest}...`);
  if (updated < wanted) return unfinished(`${updated} out of ${wanted} new pods have been updated`);
  if (available < wanted) return unfinished(`${available} of ${wanted} updated pods are available`);
  return finished(`daemon set "${metadata.name}" successfully rolled out`);
}

function statefulSetStatus({ metadata, spec, status }: Whole<StatefulSet>): RolloutStatus {
  requireRollingUpdate(spec.updateStrategy?.type);
  const { observedGeneration = 0, updatedReplicas = 0, readyReplicas = 0, currentReplicas = 0 } = status;
  if (observedGeneration === 0 || !isObserved(metadata.generation, observedGeneration)) {
    return waiting("Waiting for statefulset spec update to be observed...");
  }
  const { replicas = 1 } = spec;
  if (readyReplicas < replicas) return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready...`);
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling !== undefined) {
    const wanted = replicas - (rolling.partition ?? 0);
    const progress = `${updatedReplicas} out of ${wanted} new pods have been updated...`;
    if (rolling.partition !== undefined && updatedReplicas < wanted) {
      return waiting(`Waiting for partitioned roll out to finish: ${progress}`);
    }
    return finished(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  const { updateRevision = "", currentRevision = "" } = status;
  if (updateRevision !== currentRevision) {
    return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`);
  }
  return finished(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`);
}

const isObserved = (generation = 0, observed = 0): boolean => generation <= observed;

function requireRollingUpdate(strategy: string | undefined): void {
  if (strategy !== "RollingUpdate") throw new UsageError("rollout status is only available for RollingUpdate strategy type");
}
