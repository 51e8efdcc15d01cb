import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isFinished } from "../pod-state.js";
import { judgeFailure } from "./failure-policy.js";
import { hasFailed, isSuspended } from "./pod-facts.js";
import { metSuccessRule } from "./success-policy.js";
import type { JobView } from "./view.js";

/**
 * How a Job will end. Its condition stands as soon as that is certain, the final one (Failed, Complete) only when its pods
 * have come to their end, too.
 */
export interface Verdict {
  readonly type: "FailureTarget" | "SuccessCriteriaMet";
  readonly reason: string;
  readonly message: string;
}

/** Decides whether a Job is over, in Kubernetes' order of reasons. What was decided once stays. */
export function judgeJob(view: JobView): Verdict | undefined {
  return (
    standing(view.job, "SuccessCriteriaMet") ??
    standing(view.job, "FailureTarget") ??
    byFailurePolicy(view) ??
    byLimits(view) ??
    byFailedIndexes(view) ??
    bySuccessPolicy(view) ??
    byCompletions(view)
  );
}

/** Milliseconds until the Job's deadline passes, if it has one and is not over before; 0 when it has passed. */
export function deadlineInMs({ job, nowMs }: JobView): number | undefined {
  const { activeDeadlineSeconds } = job.spec;
  if (activeDeadlineSeconds === undefined || isSuspended(job)) return undefined;
  return Math.max(0, startMs(job, nowMs) + activeDeadlineSeconds * 1_000 - nowMs);
}

/** Since when a Job that is not suspended has been active. */
function startMs({ status }: Whole<Job>, nowMs: number): number {
  // The time that it was suspended for does not count: it starts anew, which its status does not say yet.
  const isResuming = status.conditions.some((condition) => condition.type === "Suspended" && condition.status === "True");
  return isResuming ? nowMs : (timeToMs(status.startTime) ?? nowMs);
}

function standing({ status }: Whole<Job>, type: Verdict["type"]): Verdict | undefined {
  const condition = status.conditions.find((each) => each.type === type && each.status === "True");
  return condition && { type, reason: condition.reason ?? "", message: condition.message ?? "" };
}

const failure = (reason: string, message: string): Verdict => ({ type: "FailureTarget", reason, message });

function byFailurePolicy({ job, tracked }: JobView): Verdict | undefined {
  const { podFailurePolicy } = job.spec;
  for (const pod of podFailurePolicy === undefined ? [] : tracked.filter((each) => hasFailed(job, each))) {
    const judgement = judgeFailure(podFailurePolicy, pod);
    if (judgement.action === "FailJob") return failure("PodFailurePolicy", judgement.message);
  }
  return undefined;
}

function byLimits(view: JobView): Verdict | undefined {
  const { backoffLimit = 6 } = view.job.spec;
  if (view.failed > backoffLimit || hasRestartedTooOften(view)) {
    return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  return deadlineInMs(view) === 0 ? failure("DeadlineExceeded", "Job was active longer than specified deadline") : undefined;
}

/** Where containers are restarted in their pods, those restarts are the Job's retries. */
function hasRestartedTooOften({ job, active, terminating }: JobView): boolean {
  if (job.spec.template?.spec?.restartPolicy !== "OnFailure") return false;
  const restarts = [...active, ...terminating].filter((pod) => !isFinished(pod)).reduce((sum, pod) => sum + allRestarts(pod), 0);
  return restarts >= Math.max(1, job.spec.backoffLimit ?? 6);
}

function allRestarts({ status }: Whole<Pod>): number {
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  return containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

function byFailedIndexes({ job, indexes }: JobView): Verdict | undefined {
  const failed = indexes?.failed?.size ?? 0;
  const { maxFailedIndexes, completions = 0 } = job.spec;
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    return failure("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
  }
  const isSettled = failed > 0 && failed + (indexes?.succeeded.size ?? 0) >= completions;
  return isSettled ? failure("FailedIndexes", "Job has failed indexes") : undefined;
}

function bySuccessPolicy({ job, indexes }: JobView): Verdict | undefined {
  if (indexes === undefined) return undefined;
  const place = metSuccessRule(job.spec.successPolicy, indexes.succeeded, job.spec.completions ?? 0);
  if (place === undefined) return undefined;
  return { type: "SuccessCriteriaMet", reason: "SuccessPolicy", message: `Matched rules at index ${place}` };
}

/** Without a number of completions any success is the Job's, once those that run have come to their end. */
function byCompletions({ job, succeeded, active }: JobView): Verdict | undefined {
  if (active.length > 0 || succeeded < (job.spec.completions ?? 1)) return undefined;
  return { type: "SuccessCriteriaMet", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };
}
