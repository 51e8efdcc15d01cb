import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { Claimer } from "../ownership/claimer.js";
import { enqueueOwners } from "../ownership/enqueue-owners.js";
import { PodControl } from "../pods/pod-control.js";
import { onRoomMade, roomSettlesMs } from "../room-made.js";
import { ReplicaSetReconciler } from "./reconciler.js";

const name = "replicaset";
// Most of a reconcile is waiting for writes; so many ReplicaSets wait side by side.
const workers = 10;

/**
 * Keeps the number of pods that each ReplicaSet asks for. Looks again when the ReplicaSet or one of its pods changes, and,
 * as long as pods are refused, when there may be room for them.
 */
export function createReplicaSetController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const replicaSets = informers.of(replicaSetKind);
  const pods = informers.of(podKind);
  const queue = createWorkQueue({ clock });
  const ownWrites = new OwnWrites();
  const podControl = new PodControl({ kind: replicaSetKind, pods: client.of(podKind), ownWrites, events });

  replicaSets.addHandler({
    added: (replicaSet) => queue.add(keyOf(replicaSet)),
    updated: (replicaSet) => queue.add(keyOf(replicaSet)),
    deleted: (replicaSet) => {
      podControl.forget(replicaSet.metadata.uid);
      queue.add(keyOf(replicaSet));
    },
  });
  pods.addHandler(enqueueOwners(replicaSetKind, replicaSets, queue));
  onRoomMade(informers, (namespace) => {
    for (const replicaSet of replicaSets.list(namespace)) if (lacksPods(replicaSet)) queue.addAfter(keyOf(replicaSet), roomSettlesMs);
  });

  const reconciler = new ReplicaSetReconciler({
    replicaSets,
    pods,
    namespaces: informers.of(namespaceKind),
    client: client.of(replicaSetKind),
    claimer: new Claimer(client.of(replicaSetKind), client.of(podKind)),
    podControl,
    ownWrites,
    lookAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}

function lacksPods({ status }: Whole<ReplicaSet>): boolean {
  return status.conditions.some(({ type, reason }) => type === "ReplicaFailure" && reason === "FailedCreate");
}
