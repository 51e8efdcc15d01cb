import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { keyOf } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { noMetrics } from "./metrics-source.js";
import { HorizontalPodAutoscalerReconciler } from "./reconciler.js";

const name = "horizontal-pod-autoscaler";
const workers = 5;

/**
 * Sets the replicas of what HorizontalPodAutoscalers scale, so that its metrics stay on target. Looks when one comes or its
 * spec changes, and from then on every 15 seconds.
 */
export function createHorizontalPodAutoscalerController(deps: ControllerDeps): Controller {
  const { client, informers, events, clock, log, metrics, podMetrics = noMetrics } = deps;
  const autoscalers = informers.of(horizontalPodAutoscalerKind);
  const queue = createWorkQueue({ clock });
  autoscalers.addHandler({
    added: (autoscaler) => queue.add(keyOf(autoscaler)),
    // Its own status is no news.
    updated: (autoscaler, previous) => {
      if (autoscaler.metadata.generation !== previous.metadata.generation) queue.add(keyOf(autoscaler));
    },
    deleted: (autoscaler) => queue.add(keyOf(autoscaler)),
  });
  const reconciler = new HorizontalPodAutoscalerReconciler({
    autoscalers,
    informers,
    client,
    metrics: podMetrics,
    events,
    ownWrites: new OwnWrites(),
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
