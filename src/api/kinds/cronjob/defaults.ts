import type { CronJob } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import { JobSpec, JobTemplateSpec } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Whole } from "../../object.js";
import { applyJobTemplateDefaults } from "../job/defaults.js";

const defaultSuccessfulHistory = 3;
const defaultFailedHistory = 1;

/** Fills in the defaults of a CronJob. Those that a Job gets when it is made are not among them. */
export function applyCronJobDefaults({ spec }: Whole<CronJob>): void {
  spec.concurrencyPolicy ||= "Allow";
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= defaultSuccessfulHistory;
  spec.failedJobsHistoryLimit ??= defaultFailedHistory;
  spec.jobTemplate ??= JobTemplateSpec.fromPartial({});
  spec.jobTemplate.spec ??= JobSpec.fromPartial({});
  applyJobTemplateDefaults(spec.jobTemplate.spec);
}
