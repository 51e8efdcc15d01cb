import { apiVersionOf } from "../../api/codec/json.js";
import { hasJobCondition } from "../../api/kinds/job/conditions.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { Whole } from "../../api/object.js";
import { timeFromMs, timeToMs } from "../../api/values/time.js";
import type { CronJob, CronJobStatus } from "../../gen/howbernetes/batch/v1/cron_job.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { ObjectReference } from "../../gen/howbernetes/core/v1/reference.js";
import { activeJobs, lastScheduledMs } from "./plan.js";

/** What the CronJob's status should say of its Jobs. */
export function cronJobStatus(cronJob: Whole<CronJob>, jobs: readonly Whole<Job>[]): CronJobStatus {
  const { status } = cronJob;
  const scheduledMs = lastScheduledMs(cronJob, jobs);
  const known = new Map(status.active.map((reference) => [reference.uid, reference]));
  const active = activeJobs(cronJob, jobs).map((job) => known.get(job.metadata.uid) ?? referenceTo(job));
  const successes = jobs.filter((job) => hasJobCondition(job.status, "Complete")).map((job) => job.status.completionTime);
  const [lastSuccessfulTime] = [status.lastSuccessfulTime, ...successes].sort((a, b) => (timeToMs(b) ?? 0) - (timeToMs(a) ?? 0));
  return {
    ...status,
    // In the order in which they came, so that news of one does not move the others.
    active: active.sort((a, b) => place(status, a) - place(status, b)),
    lastSuccessfulTime,
    // Before a Job may go, the status knows of it: nothing would else say that its time is over.
    ...(scheduledMs === undefined ? {} : { lastScheduleTime: timeFromMs(scheduledMs) }),
  };
}

function place({ active }: CronJobStatus, reference: ObjectReference): number {
  const index = active.findIndex(({ uid }) => uid === reference.uid);
  return index < 0 ? active.length : index;
}

function referenceTo({ metadata }: Whole<Job>): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return ObjectReference.fromPartial({ apiVersion: apiVersionOf(jobKind), kind: jobKind.kind, namespace, name, uid, resourceVersion });
}
