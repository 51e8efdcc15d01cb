import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { byNode } from "../shared-informers.js";
import { PodGcReconciler } from "./reconciler.js";

const name = "pod-gc";
const workers = 5;

/** Removes the pods of deleted nodes. Looks when a node goes, and when a pod is bound to one that is not there. */
export function createPodGcController({ client, informers, clock, log, metrics }: ControllerDeps): Controller {
  const pods = informers.of(podKind);
  const nodes = informers.of(nodeKind);
  const queue = createWorkQueue({ clock });
  const look = (pod: Whole<Pod>): void => {
    const nodeName = pod.spec.nodeName ?? "";
    if (nodeName !== "" && nodes.get({ namespace: "", name: nodeName }) === undefined) queue.add(keyOf(pod));
  };
  pods.addHandler({
    added: look,
    updated: (pod, previous) => {
      if (pod.spec.nodeName !== previous.spec.nodeName) look(pod);
    },
  });
  nodes.addHandler({
    deleted: ({ metadata }) => {
      for (const pod of pods.byIndex(byNode, metadata.name)) queue.add(keyOf(pod));
    },
  });
  const reconciler = new PodGcReconciler({ pods, nodes, podClient: client.of(podKind), nodeClient: client.of(nodeKind), log });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
