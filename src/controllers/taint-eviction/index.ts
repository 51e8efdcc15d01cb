import { isDeepStrictEqual } from "node:util";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { readiness } from "../node-lifecycle/readiness.js";
import { byNode } from "../shared-informers.js";
import { evictingTaints } from "./plan.js";
import { TaintEvictionReconciler } from "./reconciler.js";

const name = "taint-eviction";
const workers = 10;

/** Moves pods off nodes with NoExecute taints. Looks when taints change, when pods come, and when a node gets ready. */
export function createTaintEvictionController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const pods = informers.of(podKind);
  const nodes = informers.of(nodeKind);
  const queue = createWorkQueue({ clock });
  const reconciler = new TaintEvictionReconciler({ pods, nodes, client: client.of(podKind), events, clock, log });

  const lookAtPodsOf = (node: Whole<Node>): void => {
    for (const pod of pods.byIndex(byNode, node.metadata.name)) queue.add(keyOf(pod));
  };
  const look = (pod: Whole<Pod>): void => {
    const node = nodes.get({ namespace: "", name: pod.spec.nodeName ?? "" });
    if (node !== undefined && evictingTaints(node).length > 0) queue.add(keyOf(pod));
  };
  pods.addHandler({
    added: look,
    updated: (pod, previous) => {
      if (!isDeepStrictEqual(pod.spec, previous.spec)) look(pod);
    },
    deleted: (pod) => reconciler.forget(pod.metadata.uid),
  });
  // Some pods stay where they are only because there was nowhere to go.
  const lookAtTainted = (): void => {
    for (const node of nodes.list()) if (evictingTaints(node).length > 0) lookAtPodsOf(node);
  };
  nodes.addHandler({
    added: (node) => {
      lookAtPodsOf(node);
      if (readiness(node) === "True") lookAtTainted();
    },
    updated: (node, previous) => {
      if (!isDeepStrictEqual(evictingTaints(node), evictingTaints(previous))) lookAtPodsOf(node);
      if (readiness(node) === "True" && readiness(previous) !== "True") lookAtTainted();
    },
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
