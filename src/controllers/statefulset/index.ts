import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue, type WorkQueue } from "../../client/work-queue.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { Claimer } from "../ownership/claimer.js";
import { enqueueOwners } from "../ownership/enqueue-owners.js";
import { PodControl } from "../pods/pod-control.js";
import { statefulSetWording } from "../pods/pod-event-wording.js";
import { RevisionControl } from "../revisions/revision-control.js";
import { onRoomMade, roomSettlesMs } from "../room-made.js";
import type { SharedInformers } from "../shared-informers.js";
import { StatefulSetReconciler } from "./reconciler.js";
import { placeOf } from "./replica-pod.js";

const name = "statefulset";
const workers = 5;
/** The label that tells a revision's hash; pods carry the revision's whole name. */
const hashLabel = "controller.kubernetes.io/hash";

/**
 * Keeps the numbered pods of StatefulSets. Looks again when the StatefulSet, one of its pods or one of its revisions
 * changes, when a pod goes that had the name of one, and, as long as pods are missing, when there may be room for them.
 */
export function createStatefulSetController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const statefulSets = informers.of(statefulSetKind);
  const pods = informers.of(podKind);
  const revisions = informers.of(controllerRevisionKind);
  const queue = createWorkQueue({ clock });
  const podWrites = new OwnWrites();
  const clients = { sets: client.of(statefulSetKind), pods: client.of(podKind), revisions: client.of(controllerRevisionKind) };
  const podControl = new PodControl({
    kind: statefulSetKind,
    pods: clients.pods,
    ownWrites: podWrites,
    events,
    wording: statefulSetWording,
  });

  statefulSets.addHandler({
    added: (set) => queue.add(keyOf(set)),
    updated: (set) => queue.add(keyOf(set)),
    deleted: (set) => {
      podControl.forget(set.metadata.uid);
      queue.add(keyOf(set));
    },
  });
  watchOthers(informers, queue);

  const reconciler = new StatefulSetReconciler({
    statefulSets,
    pods,
    namespaces: informers.of(namespaceKind),
    client: clients.sets,
    podClient: clients.pods,
    claimer: new Claimer(clients.sets, clients.pods),
    podControl,
    revisions: new RevisionControl({
      kind: statefulSetKind,
      owners: clients.sets,
      client: clients.revisions,
      revisions,
      claimer: new Claimer(clients.sets, clients.revisions),
      hashLabel,
    }),
    podWrites,
    statusWrites: new OwnWrites(),
    lookAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}

/** Looks at a StatefulSet when something else changes that it depends on. */
function watchOthers(informers: SharedInformers, queue: WorkQueue): void {
  const statefulSets = informers.of(statefulSetKind);
  const pods = informers.of(podKind);
  pods.addHandler(enqueueOwners(statefulSetKind, statefulSets, queue));
  pods.addHandler({
    // Whoever's it was: its name is free now.
    deleted: ({ metadata }) => {
      const key = { namespace: metadata.namespace, name: placeOf(metadata.name)?.setName ?? "" };
      if (statefulSets.get(key) !== undefined) queue.add(key);
    },
  });
  informers.of(controllerRevisionKind).addHandler(enqueueOwners(statefulSetKind, statefulSets, queue));

  onRoomMade(informers, (namespace) => {
    for (const set of statefulSets.list(namespace)) if (lacksPods(set)) queue.addAfter(keyOf(set), roomSettlesMs);
  });
}

function lacksPods({ spec, status }: Whole<StatefulSet>): boolean {
  return (status.replicas ?? 0) < (spec.replicas ?? 1);
}
