import type { Job, JobSpec } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Whole } from "../../object.js";
import { applyTemplateDefaults } from "../pod/template.js";

const defaultBackoffLimit = 6;
/** With retries counted by index, the Job as a whole is not to run out of them first. */
const unlimited = 2 ** 31 - 1;

/** Fills in the defaults of a Job. */
export function applyJobDefaults(job: Whole<Job>): void {
  const { spec } = job;
  // To run once is the default; with parallelism alone, any success is the Job's.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? defaultBackoffLimit : unlimited;
  spec.completionMode ??= "NonIndexed";
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed";
  applyJobTemplateDefaults(spec);
  labelAsTemplate(job);
}

/** Gives a Job without labels those of its pods. */
export function labelAsTemplate({ metadata, spec }: Whole<Job>): void {
  if (Object.keys(metadata.labels).length === 0) metadata.labels = { ...spec.template?.metadata?.labels };
}

/** Fills in the defaults of a Job's spec that also hold where it is only a template, in a CronJob. */
export function applyJobTemplateDefaults(spec: JobSpec): void {
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of onPodConditions) pattern.status ||= "True";
  }
  applyTemplateDefaults(spec);
}
