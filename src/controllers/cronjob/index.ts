import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { OwnWrites } from "../../client/own-writes.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { CronJobEvents } from "./cron-job-events.js";
import { JobControl } from "./job-control.js";
import { CronJobReconciler } from "./reconciler.js";

const name = "cronjob";
const workers = 5;

/** Makes Jobs at set times. Looks again when the CronJob or one of its Jobs changes, and when the next start is due. */
export function createCronJobController({ client, informers, events: recorder, clock, log, metrics }: ControllerDeps): Controller {
  const cronJobs = informers.of(cronJobKind);
  const jobs = informers.of(jobKind);
  const queue = createWorkQueue({ clock });
  const jobWrites = new OwnWrites();
  const events = new CronJobEvents(recorder);
  const clients = { cronJobClient: client.of(cronJobKind), jobClient: client.of(jobKind) };

  cronJobs.addHandler({
    added: (cronJob) => queue.add(keyOf(cronJob)),
    updated: (cronJob) => queue.add(keyOf(cronJob)),
    deleted: (cronJob) => {
      events.forget(cronJob.metadata.uid);
      queue.add(keyOf(cronJob));
    },
  });
  const enqueueOwnerOf = (job: Whole<Job>): void => {
    const controller = controllerOf(job);
    if (controller?.kind === cronJobKind.kind) queue.add({ namespace: job.metadata.namespace, name: controller.name ?? "" });
  };
  jobs.addHandler({ added: enqueueOwnerOf, updated: enqueueOwnerOf, deleted: enqueueOwnerOf });

  const reconciler = new CronJobReconciler({
    ...clients,
    cronJobs,
    jobs,
    namespaces: informers.of(namespaceKind),
    jobControl: new JobControl(clients.jobClient, jobWrites, events),
    jobWrites,
    statusWrites: new OwnWrites(),
    events,
    clock,
  });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
