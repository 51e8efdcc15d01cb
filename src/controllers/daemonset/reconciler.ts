import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Clock } from "../../base/clock.js";
import type { EventRecorder, Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Claimer } from "../ownership/claimer.js";
import type { PodControl, PodDraft } from "../pods/pod-control.js";
import { throwFailures } from "../pods/throw-failures.js";
import type { History, RevisionControl } from "../revisions/revision-control.js";
import { isOfTemplate } from "../revisions/revision-data.js";
import { byController, byOrphanNamespace } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { daemonPod, revisionHashLabel, targetNode } from "./daemon-pod.js";
import type { FailureBackoff } from "./failure-backoff.js";
import { type DaemonSetPlan, planDaemonSet } from "./plan.js";
import { daemonSetStatus, nextAvailableInMs } from "./status.js";
import { type DaemonSetView, viewDaemonSet } from "./view.js";

export interface DaemonSetDeps {
  readonly daemonSets: Lister<DaemonSet>;
  readonly pods: Informer<Pod>;
  readonly nodes: Lister<Node>;
  readonly namespaces: Lister<Namespace>;
  readonly client: ResourceClient<DaemonSet>;
  readonly claimer: Claimer<DaemonSet, Pod>;
  readonly podControl: PodControl<DaemonSet>;
  readonly revisions: RevisionControl<DaemonSet>;
  readonly failures: FailureBackoff;
  readonly ownWrites: OwnWrites;
  readonly events: EventRecorder;
  /** Has a DaemonSet looked at after a while, whatever else happens. */
  readonly lookAfter: (key: ObjectKey, delayMs: number) => void;
  readonly clock: Clock;
}

/** Keeps one pod on each node that a DaemonSet is for: `plan.ts` decides, this class acts. */
export class DaemonSetReconciler implements Reconciler {
  constructor(private readonly deps: DaemonSetDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { daemonSets, pods, ownWrites, revisions, clock } = this.deps;

    const daemonSet = daemonSets.get(key);
    if (daemonSet === undefined) {
      ownWrites.forget(key);
      revisions.forget(key);
      return {};
    }
    // Its revisions may be gone before its pods: nothing that is true could be said of them.
    if (daemonSet.metadata.deletionTimestamp !== undefined || this.isClosing(key)) return {};
    // The cache trails our own writes: acting before it has caught up makes two pods for one node.
    await pods.reached(ownWrites.lastRevision(key), signal);
    const history = await revisions.sync(daemonSet, signal);
    if (history === undefined) return {};

    const nowMs = clock.now();
    const view = await this.view(daemonSet, history, nowMs, signal);
    const plan = planDaemonSet(view);
    const { due, waitMs } = this.dueFinished(daemonSet, plan.finished);
    const failures = await this.carryOut(daemonSet, history, { ...plan, finished: due }, signal);

    await revisions.truncate(daemonSet, history, isLiveIn(view), signal);
    await writeStatus(this.deps.client, daemonSet, daemonSetStatus(view), signal);
    const availableInMs = nextAvailableInMs(view, nowMs);
    // Also when pods are refused: those that are there become available all the same.
    if (availableInMs !== undefined) this.deps.lookAfter(key, availableInMs);
    throwFailures(failures, key);
    return waitMs === undefined ? {} : { requeueAfterMs: waitMs };
  }

  /** A namespace that is being emptied takes in nothing new: the server would refuse it, and the user would wonder why. */
  private isClosing({ namespace }: ObjectKey): boolean {
    return this.deps.namespaces.get({ namespace: "", name: namespace })?.metadata.deletionTimestamp !== undefined;
  }

  private async view(daemonSet: Whole<DaemonSet>, history: History, nowMs: number, signal: AbortSignal): Promise<DaemonSetView> {
    const { pods, nodes, claimer, podControl } = this.deps;
    const { uid, namespace } = daemonSet.metadata;
    const candidates = [...pods.byIndex(byController, uid), ...pods.byIndex(byOrphanNamespace, namespace)];
    const owned = await claimer.claim(daemonSet, compileLabelSelector(daemonSet.spec.selector), candidates, signal);
    const stay = new Set(podControl.countable(daemonSet, owned));
    const equal = history.all.filter((revision) => isOfTemplate(revision, daemonSet.spec.template));
    const hashes = new Set(equal.map(hashOf));
    return viewDaemonSet({ daemonSet, nodes: nodes.list(), pods: owned, isGoing: (pod) => !stay.has(pod), hashes, nowMs });
  }

  /** Of pods that ran to their end those that may give way now, and when the next one may. */
  private dueFinished(
    { metadata }: Whole<DaemonSet>,
    finished: readonly Whole<Pod>[],
  ): { readonly due: readonly Whole<Pod>[]; readonly waitMs: number | undefined } {
    const set = { uid: metadata.uid, generation: metadata.generation ?? 0 };
    const nowMs = this.deps.clock.monotonicMs();
    const judged = finished.map((pod) => {
      // One that did well is a daemon that does not know that it is one: the next one would do as well.
      const isFailed = pod.status.phase === "Failed";
      return { pod, waitMs: isFailed ? this.deps.failures.waitMs(set, targetNode(pod), nowMs) : 0 };
    });
    const waits = judged.map(({ waitMs }) => waitMs).filter((waitMs) => waitMs > 0);
    return {
      due: judged.filter(({ waitMs }) => waitMs === 0).map(({ pod }) => pod),
      waitMs: waits.length === 0 ? undefined : Math.min(...waits),
    };
  }

  private async carryOut(
    daemonSet: Whole<DaemonSet>,
    { current }: History,
    { create, remove, finished }: DaemonSetPlan,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const { podControl } = this.deps;
    const drafts = create.map((node): PodDraft => ({ slot: node, pod: daemonPod(daemonSet, node, hashOf(current)) }));
    for (const pod of finished) this.tellFinished(daemonSet, pod);
    const undeleted = await podControl.delete(daemonSet, [...remove, ...finished], signal);
    const { failures } = await podControl.create(daemonSet, drafts, signal);
    return [...failures, ...undeleted];
  }

  private tellFinished(daemonSet: Whole<DaemonSet>, pod: Whole<Pod>): void {
    const { namespace, name } = keyOf(pod);
    const about = { kind: daemonSetKind, object: daemonSet };
    const node = targetNode(pod);
    if (pod.status.phase === "Failed") {
      const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`;
      this.deps.events.event(about, "Warning", "FailedDaemonPod", message);
    } else {
      const message = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`;
      this.deps.events.event(about, "Normal", "SucceededDaemonPod", message);
    }
  }
}

function hashOf({ metadata }: History["current"]): string {
  return metadata.labels[revisionHashLabel] ?? metadata.name;
}

/** A revision is needed while there are pods of it. */
function isLiveIn({ nodes, lost }: DaemonSetView): (revision: History["current"]) => boolean {
  const pods = [...nodes.flatMap((node) => node.pods), ...lost];
  const hashes = new Set(pods.map(({ pod }) => pod.metadata.labels[revisionHashLabel]));
  return (revision) => hashes.has(hashOf(revision));
}
