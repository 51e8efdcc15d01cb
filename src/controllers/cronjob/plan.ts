import { hasJobCondition, isJobFinished } from "../../api/kinds/job/conditions.js";
import type { Whole } from "../../api/object.js";
import { parseRfc3339, timeToMs } from "../../api/values/time.js";
import type { CronJob } from "../../gen/howbernetes/batch/v1/cron_job.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Timetable } from "./timetable.js";

/** Annotation of a CronJob's Jobs: the time for which each was due. */
export const scheduledAtKey = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/** As many missed starts make Kubernetes warn. */
const manyMissed = 100;

/** What a CronJob's time says now. */
export type Turn =
  /** Nothing is due. */
  | { readonly kind: "wait" }
  /** A start was due, and its deadline has passed. */
  | { readonly kind: "late"; readonly atMs: number }
  /** A start is due, but an earlier Job still runs. */
  | { readonly kind: "held"; readonly atMs: number }
  /** A Job is to be made, and others deleted before it. However many starts were missed, the latest is made up for. */
  | { readonly kind: "start"; readonly atMs: number; readonly replace: readonly Whole<Job>[]; readonly missedMany: boolean };

export interface CronPlan {
  readonly turn: Turn;
  /** When the next start is due, if ever. */
  readonly nextMs: number | undefined;
}

/** Decides whether a Job is to be made now. `active` are those of the CronJob that run. */
export function planStart(cronJob: Whole<CronJob>, jobs: readonly Whole<Job>[], timetable: Timetable, nowMs: number): CronPlan {
  const { spec, metadata } = cronJob;
  if (metadata.deletionTimestamp !== undefined || spec.suspend === true) return { turn: { kind: "wait" }, nextMs: undefined };
  const sinceMs = lastScheduledMs(cronJob, jobs) ?? timeToMs(metadata.creationTimestamp) ?? nowMs;
  const due = timetable.latest(sinceMs, nowMs);
  // A clock that was put back does not make what has been started due once more.
  const nextMs = timetable.next(sinceMs, nowMs);
  if (due === undefined) return { turn: { kind: "wait" }, nextMs };

  const { atMs } = due;
  const { startingDeadlineSeconds, concurrencyPolicy } = spec;
  if (startingDeadlineSeconds !== undefined && atMs + startingDeadlineSeconds * 1_000 < nowMs)
    return { turn: { kind: "late", atMs }, nextMs };
  const active = activeJobs(cronJob, jobs);
  if (concurrencyPolicy === "Forbid" && active.length > 0) return { turn: { kind: "held", atMs }, nextMs };
  const replace = concurrencyPolicy === "Replace" ? active.filter((job) => job.metadata.deletionTimestamp === undefined) : [];
  const earliestMs = startingDeadlineSeconds === undefined ? sinceMs : Math.max(sinceMs, nowMs - startingDeadlineSeconds * 1_000 - 1);
  const missed = timetable.latest(earliestMs, nowMs)?.count ?? 0;
  return { turn: { kind: "start", atMs, replace, missedMany: missed > manyMissed }, nextMs };
}

/** Jobs that have ended and are more than the CronJob keeps, oldest first. */
export function planHistory({ spec, metadata }: Whole<CronJob>, jobs: readonly Whole<Job>[]): readonly Whole<Job>[] {
  if (metadata.deletionTimestamp !== undefined) return [];
  const surplus = (ended: readonly Whole<Job>[], limit: number | undefined): readonly Whole<Job>[] =>
    limit === undefined ? [] : [...ended].sort(byStart).slice(0, Math.max(0, ended.length - limit));
  const going = jobs.filter((job) => job.metadata.deletionTimestamp === undefined);
  return [
    ...surplus(
      going.filter(({ status }) => hasJobCondition(status, "Complete")),
      spec.successfulJobsHistoryLimit,
    ),
    ...surplus(
      going.filter(({ status }) => hasJobCondition(status, "Failed")),
      spec.failedJobsHistoryLimit,
    ),
  ];
}

/** The Jobs of a CronJob that run: those that it made, whether its status says so yet or not. */
export function activeJobs(cronJob: Whole<CronJob>, jobs: readonly Whole<Job>[]): readonly Whole<Job>[] {
  return jobs.filter((job) => !isJobFinished(job.status) && isMadeBy(cronJob, job));
}

/** Whether the CronJob made a Job itself; others may give it Jobs, as `create job --from` does. */
export function isMadeBy({ status }: Whole<CronJob>, { metadata }: Whole<Job>): boolean {
  return metadata.annotations[scheduledAtKey] !== undefined || status.active.some(({ uid }) => uid === metadata.uid);
}

/** For what time a Job was started last. The Jobs know it even when a status could not be written. */
export function lastScheduledMs({ status }: Whole<CronJob>, jobs: readonly Whole<Job>[]): number | undefined {
  const times = [status.lastScheduleTime, ...jobs.map(({ metadata }) => parseRfc3339(metadata.annotations[scheduledAtKey] ?? ""))]
    .map(timeToMs)
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

function byStart(a: Whole<Job>, b: Whole<Job>): number {
  const startMs = ({ status }: Whole<Job>): number => timeToMs(status.startTime) ?? Number.POSITIVE_INFINITY;
  if (startMs(a) !== startMs(b)) return startMs(a) - startMs(b);
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
