import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../../api/kinds/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { endOfGrace, isPodKind, usageOf } from "../../api/quota/usage.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { watchedKinds } from "../shared-informers.js";
import { limitsKind } from "./plan.js";
import { ResourceQuotaReconciler } from "./reconciler.js";

const name = "resourcequota";
const workers = 5;

/** Keeps the statuses of quotas true. Looks when a quota changes, and when something comes or goes that it counts, or counts otherwise. */
export function createResourceQuotaController({ client, informers, clock, log, metrics }: ControllerDeps): Controller {
  const quotas = informers.of(resourceQuotaKind);
  const queue = createWorkQueue({ clock });
  const counted = watchedKinds.filter(({ namespaced }) => namespaced);
  const look = (kind: Kind, { metadata }: Whole<ApiObject>): void => {
    for (const quota of quotas.list(metadata.namespace)) if (limitsKind(quota, kind)) queue.add(keyOf(quota));
  };
  for (const kind of counted) {
    informers.of(kind).addHandler({
      added: (object) => look(kind, object),
      updated: (object, previous) => {
        if (weighs(kind, object, previous, clock.now())) look(kind, object);
      },
      deleted: (object) => look(kind, object),
    });
  }
  quotas.addHandler({
    added: (quota) => queue.add(keyOf(quota)),
    updated: (quota) => queue.add(keyOf(quota)),
  });
  const reconciler = new ResourceQuotaReconciler({ quotas, informers, counted, client: client.of(resourceQuotaKind), clock });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}

/** Whether a pod's change is one of what it takes of quotas, or of the scopes that it is in. Other objects always count as one. */
function weighs(kind: Kind, object: Whole<ApiObject>, previous: Whole<ApiObject>, nowMs: number): boolean {
  if (!isPodKind(kind)) return false;
  const [pod, before] = [object as unknown as Whole<Pod>, previous as unknown as Whole<Pod>];
  return (
    pod.spec.activeDeadlineSeconds !== before.spec.activeDeadlineSeconds ||
    endOfGrace(pod) !== endOfGrace(before) ||
    !isDeepStrictEqual(usageOf(kind, object, nowMs), usageOf(kind, previous, nowMs))
  );
}
