import type { Whole } from "../../../api/object.js";
import { formatLabelSelector } from "../../../api/selectors/label-selector.js";
import { formatAge } from "../../../api/values/age.js";
import { timeToMs } from "../../../api/values/time.js";
import type { CronJob } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import type { Job, JobSpec } from "../../../gen/howbernetes/batch/v1/job.js";
import { annotationCells, boolCell, conditionsTable, controllerField, heading, pairs, timeCell } from "./cells.js";
import type { Description } from "./description.js";
import { templateBlock } from "./pod-template.js";

const unset = "<unset>";
const numberCell = (value: number | undefined): string => (value === undefined ? unset : String(value));

/** Describes a Job. */
export function describeJob(job: Whole<Job>, description: Description): void {
  const { metadata, spec, status } = job;
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("Selector", formatLabelSelector(spec.selector))
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(job));
  controllerField(job, description);
  description
    .field("Parallelism", numberCell(spec.parallelism))
    .field("Completions", numberCell(spec.completions))
    .field("Completion Mode", spec.completionMode ?? unset)
    .field("Suspend", String(spec.suspend === true))
    .field("Backoff Limit", numberCell(spec.backoffLimit));
  if (spec.ttlSecondsAfterFinished !== undefined) description.field("TTL Seconds After Finished", String(spec.ttlSecondsAfterFinished));
  timesOf(job, description);
  const counts = [
    `${status.active ?? 0} Active${status.ready === undefined ? "" : ` (${status.ready} Ready)`}`,
    `${status.succeeded ?? 0} Succeeded`,
    `${status.failed ?? 0} Failed`,
  ];
  description.field("Pods Statuses", counts.join(" / "));
  if (spec.completionMode === "Indexed") description.field("Completed Indexes", indexesCell(status.completedIndexes ?? ""));
  // Unlike kubectl: which pieces of the work did not succeed is what one looks for.
  if (spec.backoffLimitPerIndex !== undefined) description.field("Failed Indexes", indexesCell(status.failedIndexes ?? ""));
  templateBlock(description, spec.template);
  // Unlike kubectl, which leaves it to the events to say why a Job has failed, and they do not stay.
  conditionsTable(status.conditions, description);
}

function timesOf({ spec, status }: Whole<Job>, description: Description): void {
  const [startMs, endMs] = [timeToMs(status.startTime), timeToMs(status.completionTime)];
  if (startMs !== undefined) description.field("Start Time", timeCell(status.startTime));
  if (endMs !== undefined) description.field("Completed At", timeCell(status.completionTime));
  if (startMs !== undefined && endMs !== undefined) description.field("Duration", formatAge(endMs - startMs));
  if (spec.activeDeadlineSeconds !== undefined) description.field("Active Deadline Seconds", `${spec.activeDeadlineSeconds}s`);
}

/** The indexes, cut off at the first comma after fifty characters. */
function indexesCell(indexes: string): string {
  const comma = indexes.indexOf(",", 50);
  return comma < 0 ? indexes || "<none>" : `${indexes.slice(0, comma + 1)}...`;
}

/** Describes a CronJob. */
export function describeCronJob(cronJob: Whole<CronJob>, description: Description): void {
  const { spec, status } = cronJob;
  const jobSpec: JobSpec | undefined = spec.jobTemplate?.spec;
  const deadline = spec.startingDeadlineSeconds;
  heading(cronJob, description)
    .field("Schedule", spec.schedule ?? "")
    .field("Concurrency Policy", spec.concurrencyPolicy ?? "")
    .field("Suspend", boolCell(spec.suspend))
    .field("Time Zone", spec.timeZone ?? unset)
    .field("Successful Job History Limit", numberCell(spec.successfulJobsHistoryLimit))
    .field("Failed Job History Limit", numberCell(spec.failedJobsHistoryLimit))
    .field("Starting Deadline Seconds", deadline === undefined ? unset : `${deadline}s`)
    .field("Selector", jobSpec?.selector === undefined ? unset : formatLabelSelector(jobSpec.selector))
    .field("Parallelism", numberCell(jobSpec?.parallelism))
    .field("Completions", numberCell(jobSpec?.completions));
  if (jobSpec?.activeDeadlineSeconds !== undefined) description.field("Active Deadline Seconds", `${jobSpec.activeDeadlineSeconds}s`);
  templateBlock(description, jobSpec?.template);
  description
    .field("Last Schedule Time", timeCell(status.lastScheduleTime))
    .field("Active Jobs", status.active.map(({ name }) => name ?? "").join(", ") || "<none>");
}
