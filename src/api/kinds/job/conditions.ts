import type { JobStatus } from "../../../gen/howbernetes/batch/v1/job.js";

/** What a Job's conditions say. */
export type JobConditionType = "Suspended" | "Complete" | "Failed" | "FailureTarget" | "SuccessCriteriaMet";

/** Whether a condition of the Job is True. */
export function hasJobCondition({ conditions }: JobStatus, wanted: JobConditionType): boolean {
  return conditions.some(({ type, status }) => type === wanted && status === "True");
}

/** Whether the Job has come to its end, well or not. */
export function isJobFinished(status: JobStatus): boolean {
  return hasJobCondition(status, "Complete") || hasJobCondition(status, "Failed");
}
