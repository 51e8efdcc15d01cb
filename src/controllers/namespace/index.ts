import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { watchedKinds } from "../shared-informers.js";
import { isEmptying } from "./plan.js";
import { NamespaceReconciler } from "./reconciler.js";

const name = "namespace";
const workers = 5;

// Objects that go one by one, by the thousand, would else have all that are left listed for each of them.
const countAgainMs = 1_000;

/** Empties namespaces that are being deleted. Looks again when something in one of them is gone, or not held any more. */
export function createNamespaceController({ client, informers, clock, log, metrics }: ControllerDeps): Controller {
  const namespaces = informers.of(namespaceKind);
  const queue = createWorkQueue({ clock });
  const look = (namespace: Whole<Namespace>): void => {
    if (isEmptying(namespace)) queue.add(keyOf(namespace));
  };
  namespaces.addHandler({ added: look, updated: look });
  const lookAround = ({ metadata }: Whole<ApiObject>, wasLast: boolean): void => {
    const namespace = namespaces.get({ namespace: "", name: metadata.namespace });
    if (namespace === undefined || !isEmptying(namespace)) return;
    if (wasLast) queue.add(keyOf(namespace));
    else queue.addAfter(keyOf(namespace), countAgainMs);
  };
  for (const kind of watchedKinds.filter(({ namespaced }) => namespaced)) {
    const objects = informers.of(kind);
    objects.addHandler({
      updated: (object, previous) => {
        if (object.metadata.finalizers.join() !== previous.metadata.finalizers.join()) lookAround(object, false);
      },
      deleted: (object) => lookAround(object, objects.list(object.metadata.namespace).length === 0),
    });
  }

  const reconciler = new NamespaceReconciler({ namespaces, client, clock });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
