import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import { keyOf } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { Claimer } from "../ownership/claimer.js";
import { enqueueOwners } from "../ownership/enqueue-owners.js";
import { PodControl } from "../pods/pod-control.js";
import { RevisionControl } from "../revisions/revision-control.js";
import { StatefulSetReconciler } from "./reconciler.js";
import { placeOf } from "./replica-pod.js";

const name = "statefulset";
const workers = 5;
/** The label that tells a revision's hash; pods carry the revision's whole name. */
const hashLabel = "controller.kubernetes.io/hash";

/**
 * Keeps the numbered pods of StatefulSets. Looks again when the StatefulSet, one of its pods or one of its revisions
 * changes, and when a pod goes that had the name of one.
 */
export function createStatefulSetController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const statefulSets = informers.of(statefulSetKind);
  const pods = informers.of(podKind);
  const revisions = informers.of(controllerRevisionKind);
  const queue = createWorkQueue({ clock });
  const ownWrites = new OwnWrites();
  const clients = { sets: client.of(statefulSetKind), pods: client.of(podKind), revisions: client.of(controllerRevisionKind) };
  const podControl = new PodControl({ kind: statefulSetKind, pods: clients.pods, ownWrites, events });

  statefulSets.addHandler({
    added: (set) => queue.add(keyOf(set)),
    updated: (set) => queue.add(keyOf(set)),
    deleted: (set) => {
      podControl.forget(set.metadata.uid);
      queue.add(keyOf(set));
    },
  });
  pods.addHandler(enqueueOwners(statefulSetKind, statefulSets, queue));
  pods.addHandler({
    // Whoever's it was: its name is free now.
    deleted: ({ metadata }) => {
      const key = { namespace: metadata.namespace, name: placeOf(metadata.name)?.setName ?? "" };
      if (statefulSets.get(key) !== undefined) queue.add(key);
    },
  });
  revisions.addHandler(enqueueOwners(statefulSetKind, statefulSets, queue));

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
    ownWrites,
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
