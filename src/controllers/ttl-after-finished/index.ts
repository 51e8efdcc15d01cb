import { jobKind } from "../../api/kinds/job/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { expiresInMs } from "./plan.js";
import { TtlAfterFinishedReconciler } from "./reconciler.js";

const name = "ttl-after-finished";
const workers = 5;

/** Deletes Jobs that have been finished for `ttlSecondsAfterFinished`. Looks when a Job finishes, or asks for another time. */
export function createTtlAfterFinishedController({ client, informers, clock, log, metrics }: ControllerDeps): Controller {
  const jobs = informers.of(jobKind);
  const queue = createWorkQueue({ clock });
  const look = (job: Whole<Job>): void => {
    if (expiresInMs(job, clock.now()) !== undefined) queue.add(keyOf(job));
  };
  jobs.addHandler({ added: look, updated: look });
  const reconciler = new TtlAfterFinishedReconciler({ jobs, client: client.of(jobKind), clock, log });
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}
