import { isJobFinished } from "../../api/kinds/job/conditions.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue, type WorkQueue } from "../../client/work-queue.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { Claimer } from "../ownership/claimer.js";
import { enqueueOwners } from "../ownership/enqueue-owners.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { PodControl } from "../pods/pod-control.js";
import { byController, type SharedInformers } from "../shared-informers.js";
import { FailureMemory } from "./failure-backoff.js";
import { JobEvents } from "./job-events.js";
import { OrphanReconciler } from "./orphan-reconciler.js";
import { isTracked, trackingFinalizer } from "./pod-facts.js";
import { PodRelease } from "./pod-release.js";
import { JobReconciler } from "./reconciler.js";

const name = "job";
// Most of a reconcile is waiting for writes; so many Jobs wait side by side.
const workers = 10;
const orphanWorkers = 5;

/**
 * Runs Jobs. Looks again when the Job or one of its pods changes, and when a deadline or a backoff is over. A second queue
 * lets go the pods that no Job counts any more.
 */
export function createJobController({ client, informers, events, clock, log, metrics }: ControllerDeps): Controller {
  const jobs = informers.of(jobKind);
  const pods = informers.of(podKind);
  const queue = createWorkQueue({ clock });
  const orphans = createWorkQueue({ clock });
  const podWrites = new OwnWrites();
  const clients = { jobClient: client.of(jobKind), podClient: client.of(podKind) };
  const reconciler = new JobReconciler({
    ...clients,
    jobs,
    pods,
    namespaces: informers.of(namespaceKind),
    claimer: new Claimer(clients.jobClient, clients.podClient, trackingFinalizer),
    podControl: new PodControl({ kind: jobKind, pods: clients.podClient, ownWrites: podWrites, events }),
    podRelease: new PodRelease(clients.podClient, podWrites),
    failureMemory: new FailureMemory(),
    podWrites,
    statusWrites: new OwnWrites(),
    events: new JobEvents(events),
    lookAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    clock,
  });

  jobs.addHandler({
    added: (job) => queue.add(keyOf(job)),
    updated: (job) => queue.add(keyOf(job)),
    deleted: (job) => {
      reconciler.forget(job.metadata.uid);
      queue.add(keyOf(job));
    },
  });
  pods.addHandler(enqueueOwners(jobKind, jobs, queue));
  watchOrphans(informers, orphans);

  const shared = { name, log, ...(metrics === undefined ? {} : { metrics }) };
  const orphanReconciler = new OrphanReconciler({ ...clients, jobs, pods });
  return {
    name,
    run: async (signal) => {
      await Promise.all([
        runReconciler({ ...shared, queue, reconciler, workers }, signal),
        runReconciler({ ...shared, queue: orphans, reconciler: orphanReconciler, workers: orphanWorkers }, signal),
      ]);
    },
  };
}

/** Has pods looked at that are held for a Job that is gone, or over, as far as is known here. */
function watchOrphans(informers: SharedInformers, orphans: WorkQueue): void {
  const jobs = informers.of(jobKind);
  const pods = informers.of(podKind);
  const isOrphan = (pod: Whole<Pod>): boolean => {
    const controller = controllerOf(pod);
    if (controller?.kind !== jobKind.kind) return true;
    const job = jobs.get({ namespace: pod.metadata.namespace, name: controller.name ?? "" });
    return job === undefined || job.metadata.uid !== controller.uid || isJobFinished(job.status);
  };
  const look = (pod: Whole<Pod>): void => {
    if (isTracked(pod) && isOrphan(pod)) orphans.add(keyOf(pod));
  };
  const lookAtPodsOf = (job: Whole<Job>): void => {
    for (const pod of pods.byIndex(byController, job.metadata.uid)) look(pod);
  };
  pods.addHandler({ added: look, updated: look });
  jobs.addHandler({
    updated: (job, previous) => {
      if (isJobFinished(job.status) && !isJobFinished(previous.status)) lookAtPodsOf(job);
    },
    deleted: lookAtPodsOf,
  });
}
