import type { CronJob } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import { JobSpec, type JobTemplateSpec } from "../../../gen/howbernetes/batch/v1/job.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateAnnotations, validateLabels } from "../../validation/labels.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateJobSpec } from "../job/validation.js";
import { parseSchedule } from "./schedule.js";
import { timeZoneProblems } from "./time-zone.js";

const concurrencyPolicies: readonly string[] = ["Allow", "Forbid", "Replace"];
const counts = ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] as const;

/** A Job's name is the CronJob's, "-", and ten digits for the time: 63 in all. */
const maxNameLength = 52;

/** Every error of a CronJob. */
export function validateCronJob({ metadata: { name }, spec }: Whole<CronJob>): FieldError[] {
  const path = "spec.timeZone";
  return [
    ...validateSchedule(spec.schedule ?? "", "spec.schedule"),
    ...counts.flatMap((field) => validateNonNegative(spec[field], `spec.${field}`)),
    ...(spec.timeZone === undefined ? [] : timeZoneProblems(spec.timeZone).map((problem) => invalidValue(path, spec.timeZone, problem))),
    ...validateConcurrencyPolicy(spec.concurrencyPolicy ?? "", "spec.concurrencyPolicy"),
    ...validateJobTemplate(spec.jobTemplate, "spec.jobTemplate"),
    ...(name.length > maxNameLength ? [invalidValue("metadata.name", name, `must be no more than ${maxNameLength} characters`)] : []),
  ];
}

function validateSchedule(schedule: string, path: string): FieldError[] {
  if (schedule === "") return [required(path)];
  const errors = scheduleProblems(schedule).map((problem) => invalidValue(path, schedule, problem));
  if (schedule.includes("TZ")) {
    errors.push(invalidValue(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
  }
  return errors;
}

function scheduleProblems(schedule: string): string[] {
  try {
    parseSchedule(schedule);
    return [];
  } catch (error: unknown) {
    if (!(error instanceof RangeError)) throw error;
    return [error.message];
  }
}

function validateConcurrencyPolicy(policy: string, path: string): FieldError[] {
  if (policy === "") return [required(path)];
  return concurrencyPolicies.includes(policy) ? [] : [unsupported(path, policy, concurrencyPolicies)];
}

function validateJobTemplate(template: JobTemplateSpec | undefined, path: string): FieldError[] {
  const spec = template?.spec ?? JobSpec.fromPartial({});
  const specPath = child(path, "spec");
  const errors = [
    ...validateLabels(template?.metadata?.labels ?? {}, child(path, "metadata.labels")),
    ...validateAnnotations(template?.metadata?.annotations ?? {}, child(path, "metadata.annotations")),
    ...validateJobSpec(spec, specPath),
  ];
  if (spec.selector !== undefined) {
    errors.push(invalidValue(child(specPath, "selector"), spec.selector, "`selector` will be auto-generated"));
  }
  if (spec.manualSelector === true) errors.push(unsupported(child(specPath, "manualSelector"), true, ["nil", "false"]));
  return errors;
}
