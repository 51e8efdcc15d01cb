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

/** Empties namespaces that are being deleted. Looks again whenever something in one of them is gone. */
export function createNamespaceController({ client, informers, clock, log, metrics }: ControllerDeps): Controller {
  const namespaces = informers.of(namespaceKind);
  const queue = createWorkQueue({ clock });
  const look = (namespace: Whole<Namespace>): void => {
    if (isEmptying(namespace)) queue.add(keyOf(namespace));
  };
  namespaces.addHandler({ added: look, updated: look });
  const lookAround = ({ metadata }: Whole<ApiObject>): void => {
    const namespace = namespaces.get({ namespace: "", name: metadata.namespace });
    if (namespace !== undefined) look(namespace);
  };
  for (const kind of watchedKinds.filter(({ namespaced }) => namespaced)) informers.of(kind).addHandler({ deleted: lookAround });

  const reconciler = new NamespaceReconciler({ namespaces, client, clock });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
