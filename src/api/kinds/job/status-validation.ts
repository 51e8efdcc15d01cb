import type { Job, JobStatus, UncountedTerminatedPods } from "../../../gen/howbernetes/batch/v1/job.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { duplicate, invalidField, invalidValue, required } from "../../validation/field-error.js";
import { element } from "../../validation/field-path.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { formatRfc3339 } from "../../values/time.js";
import { sameValue } from "../same-value.js";
import { hasJobCondition, isJobFinished, type JobConditionType } from "./conditions.js";
import { parseIndexes } from "./indexes.js";

const counts = ["active", "succeeded", "failed", "ready", "terminating"] as const;
const lasting: readonly JobConditionType[] = ["Complete", "Failed", "SuccessCriteriaMet", "FailureTarget"];
const rising = ["succeeded", "failed"] as const;

/** Every error of a status written: a Job's end is final, and nothing of it is still going on. */
export function validateJobStatusUpdate(next: Whole<Job>, previous: Whole<Job>): FieldError[] {
  const { status } = next;
  return [
    ...counts.flatMap((field) => validateNonNegative(status[field], `status.${field}`)),
    ...validateUncounted(status.uncountedTerminatedPods),
    ...validateConditions(status),
    ...validateCompletionTime(status),
    ...(isJobFinished(status) ? validateEnd(status) : []),
    ...validateReady(status),
    ...validateIndexes(next),
    ...validateIndexesFormat(next, previous),
    ...validateChange(next, previous.status),
    ...validateStart(next, previous),
  ];
}

function validateUncounted(pods: UncountedTerminatedPods | undefined): FieldError[] {
  const seen = new Set<string>();
  return rising.flatMap((list) =>
    (pods?.[list] ?? []).flatMap((uid, index) => {
      const path = element(`status.uncountedTerminatedPods.${list}`, index);
      if (uid === "") return [invalidValue(path, uid, "must not be empty")];
      if (seen.has(uid)) return [duplicate(path, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

function validateConditions(status: JobStatus): FieldError[] {
  const has = (type: JobConditionType): boolean => hasJobCondition(status, type);
  const contradictions: readonly (readonly [boolean, string])[] = [
    [has("Complete") && has("Failed"), "cannot set Complete=True and Failed=true conditions"],
    [has("Complete") && has("FailureTarget"), "cannot set Complete=True and FailureTarget=true conditions"],
    [has("SuccessCriteriaMet") && has("Failed"), "cannot set SuccessCriteriaMet=True and Failed=true conditions"],
    [has("SuccessCriteriaMet") && has("FailureTarget"), "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"],
  ];
  return contradictions.flatMap(([isTrue, detail]) => (isTrue ? [invalidField("status.conditions", detail)] : []));
}

function validateCompletionTime(status: JobStatus): FieldError[] {
  const path = "status.completionTime";
  const { completionTime, startTime } = status;
  const isComplete = hasJobCondition(status, "Complete");
  if (completionTime === undefined) return isComplete ? [required(path, "completionTime is required for Complete jobs")] : [];
  const shown = formatRfc3339(completionTime);
  const errors = isComplete ? [] : [invalidValue(path, shown, "cannot set completionTime when there is no Complete=True condition")];
  if (startTime !== undefined && (completionTime.seconds ?? 0) < (startTime.seconds ?? 0)) {
    errors.push(invalidValue(path, shown, "completionTime cannot be set before startTime"));
  }
  return errors;
}

function validateEnd({ active = 0, terminating = 0, startTime, uncountedTerminatedPods }: JobStatus): FieldError[] {
  const errors: FieldError[] = [];
  if (active > 0) errors.push(invalidValue("status.active", active, "active>0 is invalid for finished job"));
  if (terminating > 0) errors.push(invalidValue("status.terminating", terminating, "terminating>0 is invalid for finished job"));
  if (startTime === undefined) errors.push(required("status.startTime", "startTime is required for finished job"));
  const uncounted = [...(uncountedTerminatedPods?.succeeded ?? []), ...(uncountedTerminatedPods?.failed ?? [])];
  if (uncounted.length > 0) {
    const detail = "uncountedTerminatedPods needs to be empty for finished job";
    errors.push(invalidValue("status.uncountedTerminatedPods", uncountedTerminatedPods, detail));
  }
  return errors;
}

function validateReady({ ready = 0, active = 0 }: JobStatus): FieldError[] {
  return ready > active ? [invalidValue("status.ready", ready, "cannot set more ready pods than active")] : [];
}

function validateIndexes({ spec, status }: Whole<Job>): FieldError[] {
  const errors: FieldError[] = [];
  const { completedIndexes = "", failedIndexes } = status;
  if (spec.completionMode !== "Indexed" && completedIndexes !== "") {
    const detail = "cannot set non-empty completedIndexes when non-indexed completion mode";
    errors.push(invalidValue("status.completedIndexes", completedIndexes, detail));
  }
  if (spec.backoffLimitPerIndex === undefined && failedIndexes !== undefined) {
    const detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    errors.push(invalidValue("status.failedIndexes", failedIndexes, detail));
  }
  return errors;
}

/** What is kept is not looked at again: a Job that has shrunk may list indexes that it had. */
function validateIndexesFormat({ spec, status: next }: Whole<Job>, { status: previous }: Whole<Job>): FieldError[] {
  return (["completedIndexes", "failedIndexes"] as const).flatMap((field) => {
    const text = next[field] ?? "";
    if (text === (previous[field] ?? "") || spec.completionMode !== "Indexed") return [];
    try {
      parseIndexes(text, spec.completions ?? 0);
      return [];
    } catch (error: unknown) {
      if (!(error instanceof RangeError)) throw error;
      return [invalidValue(`status.${field}`, text, `error parsing ${field}: ${error.message}`)];
    }
  });
}

function validateChange({ spec, status: next }: Whole<Job>, previous: JobStatus): FieldError[] {
  // An Indexed Job whose size is its parallelism may shrink, and then has fewer indexes that have succeeded.
  const mayShrink = spec.completionMode === "Indexed" && spec.completions === spec.parallelism;
  const lost = lasting.filter((type) => hasJobCondition(previous, type) && !hasJobCondition(next, type));
  const errors = lost.map((type) => invalidField("status.conditions", `cannot disable the terminal ${type}=True condition`));
  for (const field of rising) {
    if ((next[field] ?? 0) >= (previous[field] ?? 0) || (field === "succeeded" && mayShrink)) continue;
    errors.push(invalidValue(`status.${field}`, next[field] ?? 0, `cannot decrease the ${field} counter`));
  }
  if (previous.completionTime !== undefined && !sameValue(next.completionTime, previous.completionTime)) {
    errors.push(invalidValue("status.completionTime", next.completionTime, "field is immutable"));
  }
  return errors;
}

/** A suspended Job's clock may be put back; else it started when it started. */
function validateStart({ status: next, spec }: Whole<Job>, { status: previous }: Whole<Job>): FieldError[] {
  const isKept = previous.startTime === undefined || sameValue(next.startTime, previous.startTime);
  if (isKept || spec.suspend === true || hasJobCondition(previous, "Suspended")) return [];
  const shown = next.startTime === undefined ? undefined : formatRfc3339(next.startTime);
  return [invalidValue("status.startTime", shown, "field is immutable for unsuspended job once set")];
}
