import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Job, JobCondition, JobStatus } from "../../gen/howbernetes/batch/v1/job.js";
import { isReady } from "../pod-state.js";
import { isSuspended } from "./pod-facts.js";
import type { Verdict } from "./verdict.js";
import type { JobView } from "./view.js";

/** A condition as it is to be. */
type Stated = Pick<JobCondition, "type" | "status" | "reason" | "message">;

/** The status as far as it follows from what there is now: counts of pods that have not ended, start, conditions. */
export function presentStatus({ job, active, terminating, nowMs }: JobView, verdict: Verdict | undefined): JobStatus {
  const { status } = job;
  const counted: JobStatus = {
    ...status,
    active: active.length,
    ready: active.filter(isReady).length,
    terminating: terminating.length,
    uncountedTerminatedPods: status.uncountedTerminatedPods ?? { succeeded: [], failed: [] },
  };
  const started = startOf(job, verdict, nowMs);
  const conditions =
    verdict === undefined ? withSuspension(job, nowMs) : withCondition(status.conditions, { ...verdict, status: "True" }, nowMs);
  return { ...counted, startTime: started, conditions };
}

/** The status of a Job that has come to its end, as soon as nothing of it is left to wait for; else undefined. */
export function finalStatus(status: JobStatus, { type, reason, message }: Verdict, nowMs: number): JobStatus | undefined {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length + (status.terminating ?? 0) + (status.active ?? 0) > 0) return undefined;
  const isComplete = type === "SuccessCriteriaMet";
  const final = { type: isComplete ? "Complete" : "Failed", status: "True", reason, message };
  const conditions = withCondition(status.conditions, final, nowMs);
  return { ...status, conditions, ...(isComplete ? { completionTime: timeFromMs(nowMs) } : {}) };
}

/** When the Job began, which is anew when it is resumed. */
function startOf(job: Whole<Job>, verdict: Verdict | undefined, nowMs: number): JobStatus["startTime"] {
  const { startTime, conditions } = job.status;
  // One that is over before it was ever resumed has to have begun all the same.
  if (isSuspended(job) && verdict === undefined) return startTime;
  const isResumed = verdict === undefined && conditions.some(({ type, status }) => type === "Suspended" && status === "True");
  return startTime === undefined || isResumed ? timeFromMs(nowMs) : startTime;
}

function withSuspension(job: Whole<Job>, nowMs: number): JobCondition[] {
  const { conditions } = job.status;
  return isSuspended(job)
    ? withCondition(conditions, { type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" }, nowMs)
    : withCondition(conditions, { type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" }, nowMs);
}

/** The conditions with one as stated. That something is not so, which nobody said it was, is not worth a condition. */
function withCondition(conditions: readonly JobCondition[], stated: Stated, nowMs: number): JobCondition[] {
  const { type, status, reason, message } = stated;
  const now = timeFromMs(nowMs);
  const next: JobCondition = { type, status, reason, message, lastProbeTime: now, lastTransitionTime: now };
  const place = conditions.findIndex((condition) => condition.type === type);
  const present = conditions[place];
  if (present === undefined) return status === "False" ? [...conditions] : [...conditions, next];
  if (present.status === status && present.reason === reason && present.message === message) return [...conditions];
  return conditions.with(place, next);
}
