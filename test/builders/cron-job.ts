import type { Whole } from "../../src/api/object.js";
import { CronJob, type CronJobSpec, type CronJobStatus } from "../../src/gen/howbernetes/batch/v1/cron_job.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { podTemplate, type TemplateOptions } from "./pod-template.js";

/** What a test may say of a CronJob. */
export interface CronJobOptions extends MetadataOptions {
  /** Every minute by default. */
  readonly schedule?: string;
  /** Of the Jobs' pods. */
  readonly template?: TemplateOptions;
  /** Further fields of the spec. */
  readonly spec?: Partial<CronJobSpec>;
  readonly status?: Partial<CronJobStatus>;
}

/** A CronJob named tick that makes a Job every minute. */
export function cronJob(options: CronJobOptions = {}): Whole<CronJob> {
  const { name = "tick", schedule = "* * * * *" } = options;
  const template = podTemplate(options.template);
  Object.assign(template.spec ?? {}, { restartPolicy: "Never" });
  return CronJob.fromPartial({
    metadata: metadata({ ...options, uid: options.uid ?? `uid-cronjob-${name}` }, { name, namespace: "default" }),
    spec: {
      schedule,
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { template } },
      ...options.spec,
    },
    status: { ...options.status },
  }) as Whole<CronJob>;
}
