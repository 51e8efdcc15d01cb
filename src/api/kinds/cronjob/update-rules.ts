import { type CronJob, CronJobStatus } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import type { Whole } from "../../object.js";
import { raiseGeneration, startGeneration } from "../generation.js";

/** A new CronJob has run nothing yet. */
export function prepareCronJobForCreate(draft: Whole<CronJob>): void {
  startGeneration(draft);
  draft.status = CronJobStatus.fromPartial({});
}

/** A write of the spec leaves the status as it was. */
export function prepareCronJobForUpdate(draft: Whole<CronJob>, previous: Whole<CronJob>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
}
