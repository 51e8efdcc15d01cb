import { isDeepStrictEqual } from "node:util";
import { kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../api/kinds/poddisruptionbudget/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { InformerHandler, Lister } from "../../client/contracts.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue, type WorkQueue } from "../../client/work-queue.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { isReady, isTerminating } from "../pod-state.js";
import { DisruptionReconciler } from "./reconciler.js";
import { scaleFinder } from "./scale-of.js";
import { StaleDisruptionReconciler, staleInMs } from "./stale-disruption.js";

const name = "disruption";
const workers = 5;

/**
 * Counts the pods that PodDisruptionBudgets protect. Looks when a budget changes, when one of its pods comes, goes, or
 * gets ready or unready, and when what controls pods is scaled.
 */
export function createDisruptionController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const budgets = informers.of(podDisruptionBudgetKind);
  const pods = informers.of(podKind);
  const queue = createWorkQueue({ clock });
  const staleQueue = createWorkQueue({ clock });

  budgets.addHandler({
    added: (budget) => queue.add(keyOf(budget)),
    updated: (budget) => queue.add(keyOf(budget)),
    deleted: (budget) => queue.add(keyOf(budget)),
  });
  pods.addHandler(enqueueBudgets(budgets, queue));
  const watchStale = (pod: Whole<Pod>): void => {
    if (staleInMs(pod, clock.now()) !== undefined) staleQueue.add(keyOf(pod));
  };
  pods.addHandler({ added: watchStale, updated: watchStale });
  for (const kind of kinds) if (kind.scale !== undefined) informers.of(kind).addHandler(enqueueOnScale(kind, budgets, queue));

  const reconciler = new DisruptionReconciler({
    budgets,
    pods,
    scaleOf: scaleFinder((kind, key) => informers.of(kind).get(key)),
    client: client.of(podDisruptionBudgetKind),
    ownWrites: new OwnWrites(),
    events,
    clock,
  });
  const stale = new StaleDisruptionReconciler({ pods, client: client.of(podKind), clock });
  const rest = { name, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  const run = async (signal: AbortSignal): Promise<void> => {
    await Promise.all([
      runReconciler({ ...rest, queue, reconciler }, signal),
      runReconciler({ ...rest, queue: staleQueue, reconciler: stale }, signal),
    ]);
  };
  return { name, run };
}

/** Has the budgets count again that select a pod, or did so before it changed. */
function enqueueBudgets(budgets: Lister<PodDisruptionBudget>, queue: WorkQueue): InformerHandler<Pod> {
  const enqueue = (...pods: readonly Whole<Pod>[]): void => {
    for (const budget of budgets.list(pods[0]?.metadata.namespace)) {
      const selector = compileLabelSelector(budget.spec.selector);
      if (pods.some(({ metadata }) => selector.matches(metadata.labels))) queue.add(keyOf(budget));
    }
  };
  return {
    added: (pod) => enqueue(pod),
    updated: (pod, previous) => {
      if (!isDeepStrictEqual(countedOf(pod), countedOf(previous))) enqueue(pod, previous);
    },
    deleted: (pod) => enqueue(pod),
  };
}

/** All of a pod that a budget's count depends on. */
function countedOf(pod: Whole<Pod>): readonly unknown[] {
  return [isReady(pod), isTerminating(pod), controllerOf(pod)?.uid, pod.metadata.labels];
}

/** Has the budgets of a namespace count again when what controls pods there comes, goes or is scaled. */
function enqueueOnScale(kind: Kind, budgets: Lister<PodDisruptionBudget>, queue: WorkQueue): InformerHandler<ApiObject> {
  const enqueue = ({ metadata }: Whole<ApiObject>): void => {
    for (const budget of budgets.list(metadata.namespace)) queue.add(keyOf(budget));
  };
  return {
    added: enqueue,
    updated: (object, previous) => {
      const isScaled = kind.scale?.read(object) !== kind.scale?.read(previous);
      if (isScaled || controllerOf(object)?.uid !== controllerOf(previous)?.uid) enqueue(object);
    },
    deleted: enqueue,
  };
}
