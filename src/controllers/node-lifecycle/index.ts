import { leaseKind } from "../../api/kinds/lease/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import type { EventRecorder } from "../../client/contracts.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue, type WorkQueue } from "../../client/work-queue.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Controller, ControllerDeps } from "../controller.js";
import type { SharedInformers } from "../shared-informers.js";
import { BlockedTime } from "./blocked-time.js";
import { EvictionTurns } from "./eviction-turns.js";
import { Liveness } from "./liveness.js";
import { readiness } from "./readiness.js";
import { NodeLifecycleReconciler, nodeLeaseNamespace } from "./reconciler.js";
import { zoneOf } from "./zones.js";

const name = "node-lifecycle";
const workers = 5;

/**
 * Tells dead nodes from living ones, and says so on the Node, its taints and its pods. Looks when a Node or its Lease
 * changes, and when a Lease has not changed for as long as it may.
 */
export function createNodeLifecycleController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const nodes = informers.of(nodeKind);
  const pods = informers.of(podKind);
  const queue = createWorkQueue({ clock });
  const blocked = new BlockedTime(clock);
  const liveness = new Liveness(clock, () => blocked.totalMs());
  const turns = new EvictionTurns(clock);

  const lookAtFailed = watchNodes(informers, { queue, liveness, turns, events });

  const clients = { nodeClient: client.of(nodeKind), podClient: client.of(podKind), leaseClient: client.of(leaseKind) };
  const reconciler = new NodeLifecycleReconciler({ nodes, pods, ...clients, liveness, lookAtFailed, turns, events, clock, log });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  const run = async (signal: AbortSignal): Promise<void> => {
    blocked.start();
    try {
      await runReconciler(loop, signal);
    } finally {
      blocked.stop();
    }
  };
  return { name, run };
}

interface Watchers extends Pick<ControllerDeps, "events"> {
  readonly queue: WorkQueue;
  readonly liveness: Liveness;
  readonly turns: EvictionTurns;
}

/** Has nodes looked at when they or their Leases change. @returns what has all looked at that are not ready */
function watchNodes(informers: SharedInformers, { queue, liveness, turns, events }: Watchers): () => void {
  const nodes = informers.of(nodeKind);
  // How fast one may evict hangs on how the others fare.
  const lookAtFailed = (): void => {
    for (const node of nodes.list()) if (readiness(node) !== "True") queue.add(keyOf(node));
  };
  const seen = (lease: Whole<Lease>): void => {
    if (lease.metadata.namespace !== nodeLeaseNamespace) return;
    // Most renewals change nothing: the node's next look is due anyway.
    if (!liveness.observe(lease)) return;
    queue.add({ namespace: "", name: lease.metadata.name });
    lookAtFailed();
  };
  informers.of(leaseKind).addHandler({ added: seen, updated: seen });
  nodes.addHandler({
    added: (node) => {
      liveness.expect(node.metadata.name);
      queue.add(keyOf(node));
      lookAtFailed();
    },
    updated: (node, previous) => {
      tellOfChange(events, node, previous);
      queue.add(keyOf(node));
      if (readiness(node) !== readiness(previous) || zoneOf(node) !== zoneOf(previous)) lookAtFailed();
    },
    deleted: (node) => {
      liveness.forget(node.metadata.name);
      turns.takeBack(node.metadata.name);
      lookAtFailed();
    },
  });
  return lookAtFailed;
}

function tellOfChange(events: EventRecorder, node: Whole<Node>, previous: Whole<Node>): void {
  const isReady = readiness(node) === "True";
  if (isReady === (readiness(previous) === "True")) return;
  const reason = isReady ? "NodeReady" : "NodeNotReady";
  events.event({ kind: nodeKind, object: node }, "Normal", reason, `Node ${node.metadata.name} status is now: ${reason}`);
}
