import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { Claimer } from "../ownership/claimer.js";
import { enqueueOwners } from "../ownership/enqueue-owners.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { onRoomMade, roomSettlesMs } from "../room-made.js";
import { DeploymentReconciler } from "./reconciler.js";
import { ReplicaSetControl } from "./replica-set-control.js";

const name = "deployment";
const workers = 10;

/**
 * Rolls Deployments out. Looks again when the Deployment, one of its ReplicaSets or one of their pods changes: waiting
 * for the ReplicaSet's status to tell of the pod would make each step of a rollout slower by a write.
 */
export function createDeploymentController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const deployments = informers.of(deploymentKind);
  const replicaSets = informers.of(replicaSetKind);
  const pods = informers.of(podKind);
  const queue = createWorkQueue({ clock });
  const ownWrites = new OwnWrites();

  const enqueueOwnerOf = (pod: Whole<Pod>): void => {
    const { namespace } = pod.metadata;
    const reference = controllerOf(pod);
    if (reference?.kind !== replicaSetKind.kind) return;
    const replicaSet = replicaSets.get({ namespace, name: reference.name ?? "" });
    const owner = replicaSet === undefined ? undefined : controllerOf(replicaSet);
    if (owner?.kind === deploymentKind.kind) queue.add({ namespace, name: owner.name ?? "" });
  };
  const enqueue = (deployment: Parameters<typeof keyOf>[0]): void => queue.add(keyOf(deployment));
  deployments.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  replicaSets.addHandler(enqueueOwners(deploymentKind, deployments, queue));
  onRoomMade(informers, (namespace) => {
    for (const deployment of deployments.list(namespace)) if (lacksReplicaSet(deployment)) queue.addAfter(keyOf(deployment), roomSettlesMs);
  });
  pods.addHandler({ added: enqueueOwnerOf, updated: enqueueOwnerOf, deleted: enqueueOwnerOf });

  const clients = { deployments: client.of(deploymentKind), replicaSets: client.of(replicaSetKind) };
  const reconciler = new DeploymentReconciler({
    deployments,
    replicaSets,
    pods,
    client: clients.deployments,
    claimer: new Claimer(clients.deployments, clients.replicaSets),
    control: new ReplicaSetControl({ ...clients, ownWrites, events }),
    ownWrites,
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}

function lacksReplicaSet({ status }: Whole<Deployment>): boolean {
  return status.conditions.some(({ type, reason }) => type === "Progressing" && reason === "ReplicaSetCreateError");
}
