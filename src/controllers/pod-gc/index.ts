import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { isFinished } from "../pod-state.js";
import { byNode } from "../shared-informers.js";
import { abandonmentOf, isOutOfService } from "./plan.js";
import { PodGcReconciler, TerminatedPodsReconciler } from "./reconciler.js";

const name = "pod-gc";
const workers = 5;
/** Kubernetes' own: so many finished pods are kept to be looked at. */
const defaultTerminatedThreshold = 12_500;
/** The terminated pods are looked at all together. */
const all = { namespace: "", name: "terminated" };

/**
 * Removes pods that nobody else will. Looks when a node goes or gets out of service, when a pod is bound to one that is
 * not there or told to go, and when one more has finished than are kept.
 */
export function createPodGcController(
  { client, informers, clock, log, metrics }: ControllerDeps,
  { terminatedThreshold = defaultTerminatedThreshold }: { readonly terminatedThreshold?: number } = {},
): Controller {
  const pods = informers.of(podKind);
  const nodes = informers.of(nodeKind);
  const queue = createWorkQueue({ clock });
  const terminatedQueue = createWorkQueue({ clock });
  const finished = new Set<string>();

  const look = (pod: Whole<Pod>): void => {
    if (abandonmentOf(pod, nodes.get({ namespace: "", name: pod.spec.nodeName ?? "" })) !== undefined) queue.add(keyOf(pod));
    if (!isFinished(pod)) return;
    finished.add(pod.metadata.uid);
    if (finished.size > terminatedThreshold) terminatedQueue.add(all);
  };
  const lookAtPodsOf = ({ metadata }: Whole<Node>): void => {
    for (const pod of pods.byIndex(byNode, metadata.name)) look(pod);
  };
  pods.addHandler({ added: look, updated: look, deleted: ({ metadata }) => void finished.delete(metadata.uid) });
  nodes.addHandler({
    updated: (node, previous) => {
      if (isOutOfService(node) && !isOutOfService(previous)) lookAtPodsOf(node);
    },
    deleted: lookAtPodsOf,
  });

  const deps = { pods, nodes, podClient: client.of(podKind), nodeClient: client.of(nodeKind), clock, log };
  const rest = { name, log, ...(metrics === undefined ? {} : { metrics }) };
  const loop = { ...rest, queue, workers, reconciler: new PodGcReconciler(deps) };
  const terminated = {
    ...rest,
    queue: terminatedQueue,
    workers: 1,
    reconciler: new TerminatedPodsReconciler(deps, terminatedThreshold),
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    await Promise.all([runReconciler(loop, signal), runReconciler(terminated, signal)]);
  };
  return { name, run };
}
