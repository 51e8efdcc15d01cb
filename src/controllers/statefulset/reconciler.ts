import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Clock } from "../../base/clock.js";
import type { Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Claimer } from "../ownership/claimer.js";
import type { PodControl, PodDraft } from "../pods/pod-control.js";
import { throwFailures } from "../pods/throw-failures.js";
import type { History, RevisionControl } from "../revisions/revision-control.js";
import { byController, byOrphanNamespace } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { planStatefulSet, type StatefulSetPlan } from "./plan.js";
import { missingLabels, ordinalOf, replicaPod, revisionLabel } from "./replica-pod.js";
import { nextAvailableInMs, statefulSetStatus } from "./status.js";
import { type ReplicaView, type Rollout, type Slot, type StatefulSetView, viewStatefulSet } from "./view.js";

export interface StatefulSetDeps {
  readonly statefulSets: Informer<StatefulSet>;
  readonly pods: Informer<Pod>;
  readonly namespaces: Lister<Namespace>;
  readonly client: ResourceClient<StatefulSet>;
  readonly podClient: ResourceClient<Pod>;
  readonly claimer: Claimer<StatefulSet, Pod>;
  readonly podControl: PodControl<StatefulSet>;
  readonly revisions: RevisionControl<StatefulSet>;
  /** Of pods. */
  readonly podWrites: OwnWrites;
  /** Of the StatefulSets' statuses. */
  readonly statusWrites: OwnWrites;
  /** Has a StatefulSet looked at after a while, whatever else happens. */
  readonly lookAfter: (key: ObjectKey, delayMs: number) => void;
  readonly clock: Clock;
}

/** Keeps a pod for each number of a StatefulSet: `plan.ts` decides, this class acts. */
export class StatefulSetReconciler implements Reconciler {
  constructor(private readonly deps: StatefulSetDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { statefulSets, pods, podWrites, statusWrites, revisions, clock } = this.deps;
    // The caches trail our own writes: acting before they have caught up makes a pod twice, or forgets a rollout's end.
    await Promise.all([pods.reached(podWrites.lastRevision(key), signal), statefulSets.reached(statusWrites.lastRevision(key), signal)]);
    const set = statefulSets.get(key);
    if (set === undefined) {
      podWrites.forget(key);
      statusWrites.forget(key);
      revisions.forget(key);
      return {};
    }
    // Its revisions may be gone before its pods: nothing that is true could be said of them.
    if (set.metadata.deletionTimestamp !== undefined || this.isClosing(key)) return {};
    const history = await revisions.sync(set, signal);
    if (history === undefined) return {};

    const nowMs = clock.now();
    const view = await this.view(set, history, nowMs, signal);
    const failures = await this.carryOut(view, history, signal);

    await revisions.truncate(set, history, isLiveIn(view), signal);
    const written = await writeStatus(this.deps.client, set, statefulSetStatus(view), signal);
    if (written !== undefined) statusWrites.record(key, written);
    const availableInMs = nextAvailableInMs(view, nowMs);
    // Also when pods are refused: those that are there become available all the same.
    if (availableInMs !== undefined) this.deps.lookAfter(key, availableInMs);
    throwFailures(failures, key);
    return {};
  }

  /** A namespace that is being emptied takes in nothing new: the server would refuse it, and the user would wonder why. */
  private isClosing({ namespace }: ObjectKey): boolean {
    return this.deps.namespaces.get({ namespace: "", name: namespace })?.metadata.deletionTimestamp !== undefined;
  }

  private async view(set: Whole<StatefulSet>, history: History, nowMs: number, signal: AbortSignal): Promise<StatefulSetView> {
    const { pods, claimer, podControl } = this.deps;
    const { uid, namespace } = set.metadata;
    // A pod that matches but has another name could never be one of the numbers.
    const orphans = pods.byIndex(byOrphanNamespace, namespace).filter((pod) => ordinalOf(set, pod) !== undefined);
    const candidates = [...pods.byIndex(byController, uid), ...orphans];
    const owned = await claimer.claim(set, compileLabelSelector(set.spec.selector), candidates, signal);
    const stay = new Set(podControl.countable(set, owned));
    return viewStatefulSet({ set, pods: owned, isGoing: (pod) => !stay.has(pod), rollout: rolloutOf(set, history), nowMs });
  }

  private async carryOut(view: StatefulSetView, history: History, signal: AbortSignal): Promise<readonly unknown[]> {
    const { podControl } = this.deps;
    const { set } = view;
    const { create, remove, relabel }: StatefulSetPlan = planStatefulSet(view);
    for (const replica of relabel) await this.relabel(replica, signal);
    const undeleted = await podControl.delete(set, remove, signal);
    const { failures } = await podControl.create(
      set,
      create.map((slot) => draftOf(set, slot, history)),
      signal,
    );
    return [...failures, ...undeleted];
  }

  private async relabel({ pod, ordinal }: ReplicaView, signal: AbortSignal): Promise<void> {
    const { resourceVersion } = pod.metadata;
    const labels = missingLabels(pod, ordinal);
    await this.deps.podClient.patch(keyOf(pod), "merge", { metadata: { resourceVersion, labels } }, { signal });
  }
}

function draftOf(set: Whole<StatefulSet>, { ordinal, wanted }: Slot, { current, all }: History): PodDraft {
  const revision = all.find(({ metadata }) => metadata.name === wanted) ?? current;
  const pod = replicaPod(set, ordinal, revision);
  return { slot: pod.metadata.name, pod };
}

/** A revision that is gone cannot be gone back to. */
function rolloutOf({ status }: Whole<StatefulSet>, { current, all }: History): Rollout {
  const from = all.find(({ metadata }) => metadata.name === status.currentRevision) ?? current;
  return { from: from.metadata.name, to: current.metadata.name };
}

/** A revision is needed while there are pods of it, or may be again. */
function isLiveIn({ rollout, slots, surplus }: StatefulSetView): (revision: History["current"]) => boolean {
  const pods = [...slots.flatMap(({ replica }) => (replica === undefined ? [] : [replica])), ...surplus];
  const names = new Set([rollout.from, rollout.to, ...pods.map(({ pod }) => pod.metadata.labels[revisionLabel])]);
  return ({ metadata }) => names.has(metadata.name);
}
