import type { ObjectKey, Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Clock } from "../../base/clock.js";
import type { Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import { TerminalError } from "../../client/controller-loop.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { Deployment, DeploymentStatus } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Claimer } from "../ownership/claimer.js";
import { availableInMs } from "../pod-state.js";
import { isLastingRefusal } from "../refusal.js";
import { byController, byOrphanNamespace } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { minReadySecondsOf } from "./availability.js";
import { planDeployment } from "./plan.js";
import type { Outcome, ReplicaSetControl } from "./replica-set-control.js";
import { deadlineInMs, deploymentStatus } from "./status.js";
import { type DeploymentView, viewDeployment } from "./view.js";

export interface DeploymentDeps {
  readonly deployments: Lister<Deployment>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Lister<Pod>;
  readonly client: ResourceClient<Deployment>;
  readonly claimer: Claimer<Deployment, ReplicaSet>;
  readonly control: ReplicaSetControl;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
}

/** Moves each Deployment's ReplicaSets towards its template and size: `plan.ts` decides, `replica-set-control.ts` acts. */
export class DeploymentReconciler implements Reconciler {
  constructor(private readonly deps: DeploymentDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { deployments, replicaSets, ownWrites, control } = this.deps;

    const deployment = deployments.get(key);
    if (deployment === undefined) {
      ownWrites.forget(key);
      return {};
    }
    // A size that the cache does not show yet would be given to a ReplicaSet twice.
    await replicaSets.reached(ownWrites.lastRevision(key), signal);

    const view = await this.view(deployment, signal);
    const outcome = await control.carryOut(deployment, planDeployment(view), signal);
    const requeueAfterMs = await this.writeStatus(view, outcome, signal);
    if (outcome.kind === "createFailed") {
      if (isLastingRefusal(outcome.error)) throw new TerminalError(outcome.message, { cause: outcome.error });
      throw outcome.error;
    }
    return requeueAfterMs === undefined ? {} : { requeueAfterMs };
  }

  private async view(deployment: Whole<Deployment>, signal: AbortSignal): Promise<DeploymentView> {
    const { replicaSets, pods, claimer, clock } = this.deps;
    const { uid, namespace } = deployment.metadata;
    const candidates = [...replicaSets.byIndex(byController, uid), ...replicaSets.byIndex(byOrphanNamespace, namespace)];
    const owned = await claimer.claim(deployment, compileLabelSelector(deployment.spec.selector), candidates, signal);
    const podsOf = ({ metadata }: Whole<ReplicaSet>): readonly Whole<Pod>[] => pods.byIndex(byController, metadata.uid);
    return viewDeployment(deployment, owned, podsOf, clock.now());
  }

  /** @returns when to look again though nothing may have changed */
  private async writeStatus(view: DeploymentView, outcome: Outcome, signal: AbortSignal): Promise<number | undefined> {
    const { client, clock } = this.deps;
    const { deployment } = view;
    const nowMs = clock.now();
    const counted = deploymentStatus(view, outcome.kind === "collided" ? { kind: "counted" } : outcome, nowMs);
    const status: DeploymentStatus =
      outcome.kind === "collided" ? { ...counted, collisionCount: (deployment.status.collisionCount ?? 0) + 1 } : counted;
    await writeStatus(client, deployment, status, signal);
    const waits = [deadlineInMs(view, status, nowMs), this.nextAvailableInMs(view, nowMs)].filter((waitMs) => waitMs !== undefined);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  private nextAvailableInMs({ deployment, all }: DeploymentView, nowMs: number): number | undefined {
    const minReadySeconds = minReadySecondsOf(deployment);
    if (minReadySeconds === 0) return undefined;
    const waits = all
      .flatMap(({ replicaSet }) => this.deps.pods.byIndex(byController, replicaSet.metadata.uid))
      .map((pod) => availableInMs(pod, minReadySeconds, nowMs) ?? 0)
      .filter((waitMs) => waitMs > 0);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}
