import { isAlreadyExists, isApiError, isConflict, isNotFound } from "../../api/errors.js";
import { keyOf, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { ResourceClient } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { CronJob } from "../../gen/howbernetes/batch/v1/cron_job.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { isControlledBy } from "../ownership/owner-reference.js";
import type { CronJobEvents } from "./cron-job-events.js";
import { newJob } from "./new-job.js";

/** Makes and deletes the Jobs of CronJobs, and tells of it. */
export class JobControl {
  constructor(
    private readonly jobs: ResourceClient<Job>,
    private readonly ownWrites: OwnWrites,
    private readonly events: CronJobEvents,
  ) {}

  /** Makes the Job that is due at a time; one that was made before is as good. @throws ApiError AlreadyExists when its name is another's */
  async start(cronJob: Whole<CronJob>, atMs: number, signal: AbortSignal): Promise<Whole<Job>> {
    const wanted = newJob(cronJob, atMs);
    try {
      const job = await this.createOrFind(cronJob, wanted, signal);
      this.ownWrites.record(keyOf(cronJob), job.metadata.resourceVersion);
      return job;
    } catch (error: unknown) {
      if (!isAbort(error)) this.events.tell(cronJob, "Warning", "FailedCreate", `Error creating job: ${textOf(error)}`);
      throw error;
    }
  }

  /** Deletes a Job, and its pods after it. */
  async delete(cronJob: Whole<CronJob>, job: Whole<Job>, signal: AbortSignal): Promise<void> {
    const { name, uid } = job.metadata;
    const options = { preconditions: { uid, resourceVersion: undefined }, propagationPolicy: "Background" };
    try {
      await this.jobs.delete(keyOf(job), { options, signal });
      this.events.tell(cronJob, "Normal", "SuccessfulDelete", `Deleted job ${name}`);
    } catch (error: unknown) {
      // It is gone, or another Job has its name.
      if (isNotFound(error) || isConflict(error)) return;
      if (!isAbort(error)) this.events.tell(cronJob, "Warning", "FailedDelete", `Deleted job: ${textOf(error)}`);
      throw error;
    }
  }

  private async createOrFind(cronJob: Whole<CronJob>, wanted: Whole<Job>, signal: AbortSignal): Promise<Whole<Job>> {
    try {
      const job = await this.jobs.create(wanted, { signal });
      this.events.tell(cronJob, "Normal", "SuccessfulCreate", `Created job ${job.metadata.name}`);
      return job;
    } catch (error: unknown) {
      if (!isAlreadyExists(error)) throw error;
      const found = await this.jobs.get(keyOf(wanted), { signal });
      if (isControlledBy(found, cronJob)) return found;
      throw error;
    }
  }
}

const textOf = (error: unknown): string => (isApiError(error) || error instanceof Error ? error.message : String(error));
