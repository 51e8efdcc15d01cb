import type { JobSpec } from "../../../gen/howbernetes/batch/v1/job.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";

const completionModes: readonly string[] = ["NonIndexed", "Indexed"];

/** The status lists indexes; these limits are Kubernetes', and keep it storable. */
const maxParallelism = 100_000;
const maxFailedIndexes = 100_000;
const manyCompletions = 100_000;
const maxWithManyCompletions = 10_000;

/** Every error of how a Job's completions are told apart, and of what goes with that mode only. */
export function validateCompletionMode(spec: JobSpec, path: string): FieldError[] {
  const { completionMode, backoffLimitPerIndex, maxFailedIndexes: failures } = spec;
  const at = (field: keyof JobSpec): string => child(path, field);
  switch (completionMode) {
    case "Indexed":
      return [...validateIndexed(spec, path), ...validateManyCompletions(spec, path)];
    case undefined:
    case "NonIndexed":
      return [
        ...(backoffLimitPerIndex === undefined ? [] : [needsIndexes(at("backoffLimitPerIndex"), backoffLimitPerIndex)]),
        ...(failures === undefined ? [] : [needsIndexes(at("maxFailedIndexes"), failures)]),
      ];
    default:
      return [unsupported(at("completionMode"), completionMode, completionModes)];
  }
}

/** What a field is told that makes sense only with indexes. */
export function needsIndexes(path: string, value: unknown): FieldError {
  return invalidValue(path, value, "requires indexed completion mode");
}

function validateIndexed({ completions, parallelism = 0, maxFailedIndexes: failures = 0 }: JobSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const failuresPath = child(path, "maxFailedIndexes");
  if (completions === undefined) errors.push(required(child(path, "completions"), "when completion mode is Indexed"));
  if (parallelism > maxParallelism) {
    const detail = `must be less than or equal to ${maxParallelism} when completion mode is Indexed`;
    errors.push(invalidValue(child(path, "parallelism"), parallelism, detail));
  }
  if (completions !== undefined && failures > completions) {
    errors.push(invalidValue(failuresPath, failures, "must be less than or equal to completions"));
  }
  if (failures > maxFailedIndexes) errors.push(invalidValue(failuresPath, failures, `must be less than or equal to ${maxFailedIndexes}`));
  return errors;
}

function validateManyCompletions(spec: JobSpec, path: string): FieldError[] {
  const { completions = 0, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes: failures } = spec;
  if (completions <= manyCompletions || backoffLimitPerIndex === undefined) return [];
  const errors: FieldError[] = [];
  const detail = `must be less than or equal to ${maxWithManyCompletions} when completions are above ${manyCompletions} and used with backoff limit per index`;
  const failuresPath = child(path, "maxFailedIndexes");
  if (failures === undefined) errors.push(required(failuresPath, `must be specified when completions is above ${manyCompletions}`));
  if (parallelism > maxWithManyCompletions) errors.push(invalidValue(child(path, "parallelism"), parallelism, detail));
  if (failures !== undefined && failures > maxWithManyCompletions) errors.push(invalidValue(failuresPath, failures, detail));
  return errors;
}
