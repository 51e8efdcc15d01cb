import { isDeepStrictEqual } from "node:util";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue, type WorkQueue } from "../../client/work-queue.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { Claimer } from "../ownership/claimer.js";
import { enqueueOwners } from "../ownership/enqueue-owners.js";
import { PodControl } from "../pods/pod-control.js";
import { RevisionControl } from "../revisions/revision-control.js";
import { onRoomMade, roomSettlesMs } from "../room-made.js";
import type { SharedInformers } from "../shared-informers.js";
import { revisionHashLabel } from "./daemon-pod.js";
import { eligibilityFor } from "./eligibility.js";
import { FailureBackoff } from "./failure-backoff.js";
import { DaemonSetReconciler } from "./reconciler.js";

const name = "daemonset";
const workers = 5;

/**
 * Keeps a pod of each DaemonSet on every node that it is for. Looks again when the DaemonSet, one of its pods or one of
 * its revisions changes, when a node comes, goes, or changes so that it gets or loses a pod, and, as long as pods are
 * missing, when there may be room for them.
 */
export function createDaemonSetController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const daemonSets = informers.of(daemonSetKind);
  const pods = informers.of(podKind);
  const revisions = informers.of(controllerRevisionKind);
  const queue = createWorkQueue({ clock });
  const ownWrites = new OwnWrites();
  const failures = new FailureBackoff();
  const clients = { daemonSets: client.of(daemonSetKind), pods: client.of(podKind), revisions: client.of(controllerRevisionKind) };
  const podControl = new PodControl({ kind: daemonSetKind, pods: clients.pods, ownWrites, events });

  daemonSets.addHandler({
    added: (daemonSet) => queue.add(keyOf(daemonSet)),
    updated: (daemonSet) => queue.add(keyOf(daemonSet)),
    deleted: (daemonSet) => {
      podControl.forget(daemonSet.metadata.uid);
      failures.forget(daemonSet.metadata.uid);
      queue.add(keyOf(daemonSet));
    },
  });
  watchOthers(informers, queue);

  const reconciler = new DaemonSetReconciler({
    daemonSets,
    pods,
    nodes: informers.of(nodeKind),
    namespaces: informers.of(namespaceKind),
    client: clients.daemonSets,
    claimer: new Claimer(clients.daemonSets, clients.pods),
    podControl,
    revisions: new RevisionControl({
      kind: daemonSetKind,
      owners: clients.daemonSets,
      client: clients.revisions,
      revisions,
      claimer: new Claimer(clients.daemonSets, clients.revisions),
      hashLabel: revisionHashLabel,
    }),
    failures,
    ownWrites,
    events,
    lookAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}

/** Looks at a DaemonSet when something else changes that it depends on. */
function watchOthers(informers: SharedInformers, queue: WorkQueue): void {
  const daemonSets = informers.of(daemonSetKind);
  const enqueueAll = (): void => {
    for (const daemonSet of daemonSets.list()) queue.add(keyOf(daemonSet));
  };
  const enqueueConcerned = (node: Whole<Node>, previous: Whole<Node>): void => {
    for (const daemonSet of daemonSets.list()) {
      const judge = eligibilityFor(daemonSet);
      if (!isDeepStrictEqual(judge(node), judge(previous))) queue.add(keyOf(daemonSet));
    }
  };
  informers.of(nodeKind).addHandler({ added: enqueueAll, updated: enqueueConcerned, deleted: enqueueAll });
  informers.of(podKind).addHandler(enqueueOwners(daemonSetKind, daemonSets, queue));
  informers.of(controllerRevisionKind).addHandler(enqueueOwners(daemonSetKind, daemonSets, queue));

  onRoomMade(informers, (namespace) => {
    for (const daemonSet of daemonSets.list(namespace)) if (lacksPods(daemonSet)) queue.addAfter(keyOf(daemonSet), roomSettlesMs);
  });
}

function lacksPods({ status }: Whole<DaemonSet>): boolean {
  return (status.currentNumberScheduled ?? 0) < (status.desiredNumberScheduled ?? 0);
}
