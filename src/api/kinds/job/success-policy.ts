import type { JobSpec, SuccessPolicyRule } from "../../../gen/howbernetes/batch/v1/job.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required, tooLong, tooMany } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { needsIndexes } from "./indexed-validation.js";
import { parseIndexes } from "./indexes.js";

const maxRules = 20;
const maxIndexesBytes = 64 * 1024;

/** Every error of what lets a Job succeed before all its pods have. */
export function validateSuccessPolicy({ successPolicy, completionMode, completions = 0 }: JobSpec, path: string): FieldError[] {
  if (successPolicy === undefined) return [];
  if (completionMode !== "Indexed") return [needsIndexes(path, successPolicy)];
  const { rules } = successPolicy;
  const rulesPath = child(path, "rules");
  return [
    ...(rules.length === 0 ? [required(rulesPath, "at least one rules must be specified when the successPolicy is specified")] : []),
    ...(rules.length > maxRules ? [tooMany(rulesPath, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, index) => validateRule(rule, completions, element(rulesPath, index))),
  ];
}

function validateRule({ succeededCount, succeededIndexes }: SuccessPolicyRule, completions: number, path: string): FieldError[] {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    return [required(path, "at least one of succeededCount or succeededIndexes must be specified")];
  }
  const indexes = succeededIndexes === undefined ? undefined : readIndexes(succeededIndexes, completions, child(path, "succeededIndexes"));
  const errors = indexes?.errors ?? [];
  if (succeededCount === undefined) return errors;
  const countPath = child(path, "succeededCount");
  errors.push(...validateNonNegative(succeededCount, countPath));
  if (succeededCount > completions) {
    const detail = `must be less than or equal to ${completions} (the number of specified completions)`;
    errors.push(invalidValue(countPath, succeededCount, detail));
  }
  if (indexes !== undefined && succeededCount > indexes.count) {
    const detail = `must be less than or equal to ${indexes.count} (the number of indexes in the specified succeededIndexes field)`;
    errors.push(invalidValue(countPath, succeededCount, detail));
  }
  return errors;
}

function readIndexes(text: string, completions: number, path: string): { count: number; errors: FieldError[] } {
  if (Buffer.byteLength(text) > maxIndexesBytes) return { count: 0, errors: [tooLong(path, maxIndexesBytes)] };
  try {
    return { count: parseIndexes(text, completions).count, errors: [] };
  } catch (error: unknown) {
    if (!(error instanceof RangeError)) throw error;
    return { count: 0, errors: [invalidValue(path, text, `error parsing succeededIndexes: ${error.message}`)] };
  }
}
