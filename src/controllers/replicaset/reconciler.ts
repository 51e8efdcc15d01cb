import type { ObjectKey, Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Clock } from "../../base/clock.js";
import type { Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Claimer } from "../ownership/claimer.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { isActive } from "../pod-state.js";
import type { PodControl } from "../pods/pod-control.js";
import { throwFailures } from "../pods/throw-failures.js";
import { byController, byOrphanNamespace } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { carryOut } from "./carry-out.js";
import { planReplicas, type ReplicaPlan } from "./plan.js";
import { nextAvailableInMs, replicaSetStatus } from "./status.js";

export interface ReplicaSetDeps {
  readonly replicaSets: Lister<ReplicaSet>;
  readonly pods: Informer<Pod>;
  readonly namespaces: Lister<Namespace>;
  readonly client: ResourceClient<ReplicaSet>;
  readonly claimer: Claimer<ReplicaSet, Pod>;
  readonly podControl: PodControl<ReplicaSet>;
  readonly ownWrites: OwnWrites;
  /** Has a ReplicaSet looked at after a while, whatever else happens. */
  readonly lookAfter: (key: ObjectKey, delayMs: number) => void;
  readonly clock: Clock;
}

/** Keeps `spec.replicas` live pods for each ReplicaSet: `plan.ts` decides, `carry-out.ts` acts. */
export class ReplicaSetReconciler implements Reconciler {
  constructor(private readonly deps: ReplicaSetDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { replicaSets, pods, ownWrites, podControl, clock } = this.deps;

    const replicaSet = replicaSets.get(key);
    if (replicaSet === undefined) {
      ownWrites.forget(key);
      return {};
    }
    // The cache trails our own writes: acting before it has caught up creates a pod twice.
    await pods.reached(ownWrites.lastRevision(key), signal);

    const owned = podControl.countable(replicaSet, await this.claim(replicaSet, signal));
    const { failure, errors } = await carryOut(podControl, replicaSet, this.plan(replicaSet, owned), signal);

    // Status is how a user learns why pods are missing, so failures do not skip it.
    const nowMs = clock.now();
    await writeStatus(this.deps.client, replicaSet, replicaSetStatus(replicaSet, owned, failure, nowMs), signal);
    const availableInMs = nextAvailableInMs(replicaSet, owned, nowMs);
    // Also when pods are refused: those that are there become available all the same.
    if (availableInMs !== undefined) this.deps.lookAfter(key, availableInMs);
    throwFailures(errors, key);
    return {};
  }

  private plan(replicaSet: Whole<ReplicaSet>, owned: readonly Whole<Pod>[]): ReplicaPlan {
    const plan = planReplicas(replicaSet, owned, { related: () => this.related(replicaSet), nowMs: this.deps.clock.now() });
    const namespace = this.deps.namespaces.get({ namespace: "", name: replicaSet.metadata.namespace });
    // What is being emptied takes in nothing new: the server would refuse each pod, and the user would wonder why.
    return namespace?.metadata.deletionTimestamp === undefined ? plan : { ...plan, create: 0 };
  }

  /** The pods of the ReplicaSets that have its controller, itself among them. */
  private related(replicaSet: Whole<ReplicaSet>): readonly Whole<Pod>[] {
    const { replicaSets, pods } = this.deps;
    const controller = controllerOf(replicaSet);
    const siblings = controller === undefined ? [replicaSet] : replicaSets.byIndex(byController, controller.uid ?? "");
    return siblings.flatMap(({ metadata }) => pods.byIndex(byController, metadata.uid));
  }

  private async claim(replicaSet: Whole<ReplicaSet>, signal: AbortSignal): Promise<readonly Whole<Pod>[]> {
    const { pods, claimer } = this.deps;
    const { uid, namespace } = replicaSet.metadata;
    const candidates = [...pods.byIndex(byController, uid), ...pods.byIndex(byOrphanNamespace, namespace).filter(isActive)];
    return await claimer.claim(replicaSet, compileLabelSelector(replicaSet.spec.selector), candidates, signal);
  }
}
