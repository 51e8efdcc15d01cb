import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue, type WorkQueue } from "../../client/work-queue.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { watchedKinds } from "../shared-informers.js";
import { OwnershipGraph } from "./ownership-graph.js";
import { isHeldBack } from "./plan.js";
import { GarbageReconciler } from "./reconciler.js";

const name = "garbage-collector";
// Per kind. Most of the work is waiting for deletions.
const workers = 5;

/**
 * Deletes what its owners left behind, and holds owners back that are deleted in the foreground or leave orphans. One
 * queue a kind; a change of an object has its dependents looked at, and the other way round.
 */
export function createGarbageCollector({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const graph = new OwnershipGraph(client, informers);
  const queues = new Map<string, WorkQueue>(watchedKinds.map((kind) => [kind.typeName, createWorkQueue({ clock })]));
  const enqueue = (kind: Kind, object: Whole<ApiObject>): void => queues.get(kind.typeName)?.add(keyOf(object));
  const enqueueOwners = (object: Whole<ApiObject>): void => {
    for (const { kind, object: owner } of graph.ownersOf(object)) if (isHeldBack(owner)) enqueue(kind, owner);
  };
  const enqueueDependents = (object: Whole<ApiObject>): void => {
    for (const dependent of graph.dependentsOf(object)) enqueue(dependent.kind, dependent.object);
  };

  for (const kind of watchedKinds) {
    const look = (object: Whole<ApiObject>): void => {
      if (object.metadata.ownerReferences.length > 0 || isHeldBack(object)) enqueue(kind, object);
    };
    informers.of(kind).addHandler({
      added: look,
      updated: (object, previous) => {
        const { ownerReferences, deletionTimestamp, finalizers } = object.metadata;
        const before = previous.metadata;
        const sameFinalizers = finalizers.join() === before.finalizers.join();
        const sameOwners = uidsOf(ownerReferences) === uidsOf(before.ownerReferences);
        if (sameOwners && sameFinalizers && (deletionTimestamp === undefined) === (before.deletionTimestamp === undefined)) return;
        look(object);
        if (isHeldBack(object)) enqueueDependents(object);
        if (!sameOwners) enqueueOwners(previous);
      },
      deleted: (object) => {
        enqueueDependents(object);
        enqueueOwners(object);
      },
    });
  }

  const optional = metrics === undefined ? {} : { metrics };
  const run = async (signal: AbortSignal): Promise<void> => {
    const loops = watchedKinds.flatMap((kind) => {
      const queue = queues.get(kind.typeName);
      if (queue === undefined) return [];
      const reconciler = new GarbageReconciler({ kind, objects: informers.of(kind), client, graph, events });
      return [runReconciler({ name, queue, reconciler, workers, log, ...optional }, signal)];
    });
    await Promise.all(loops);
  };
  return { name, run };
}

function uidsOf(references: readonly { readonly uid?: string | undefined; readonly blockOwnerDeletion?: boolean | undefined }[]): string {
  return references.map(({ uid, blockOwnerDeletion }) => `${uid}${blockOwnerDeletion === true}`).join();
}
