import type { Condition } from "../../gen/howbernetes/meta/v1/meta.js";
import type { FieldError } from "../errors.js";
import { timeToMs } from "../values/time.js";
import { duplicate, invalidValue, required, tooLong, unsupported } from "./field-error.js";
import { child, element } from "./field-path.js";
import { validateLabelKey } from "./labels.js";
import { formatProblems, textFormat } from "./text-format.js";

const statuses: readonly string[] = ["False", "True", "Unknown"];
const reasonMaxBytes = 1024;
const messageMaxBytes = 32 * 1024;

const reasonFormat = textFormat(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?",
  ["my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB"],
  reasonMaxBytes,
);

/** Every error of a status' conditions, as far as they are the shared kind (meta.v1.Condition): one of a type, each whole. */
export function validateConditions(conditions: readonly Condition[], path: string): FieldError[] {
  const types = new Set<string>();
  return conditions.flatMap((condition, index) => {
    const at = element(path, index);
    const { type = "" } = condition;
    const repeated = types.has(type) ? [duplicate(child(at, "type"), type)] : [];
    types.add(type);
    return [...repeated, ...validateCondition(condition, at)];
  });
}

function validateCondition(condition: Condition, path: string): FieldError[] {
  const { type = "", status = "", observedGeneration = 0, lastTransitionTime, message = "" } = condition;
  const at = (field: keyof Condition): string => child(path, field);
  return [
    ...validateLabelKey(type, at("type")),
    ...(statuses.includes(status) ? [] : [unsupported(at("status"), status, statuses)]),
    ...(observedGeneration < 0
      ? [invalidValue(at("observedGeneration"), observedGeneration, "must be greater than or equal to zero")]
      : []),
    ...((timeToMs(lastTransitionTime) ?? 0) === 0 ? [required(at("lastTransitionTime"), "must be set")] : []),
    ...validateReason(condition.reason, at("reason")),
    ...(Buffer.byteLength(message) > messageMaxBytes ? [tooLong(at("message"), messageMaxBytes)] : []),
  ];
}

function validateReason(reason: string | undefined, path: string): FieldError[] {
  if (!reason) return [required(path, "must be set")];
  if (Buffer.byteLength(reason) > reasonMaxBytes) return [tooLong(path, reasonMaxBytes)];
  return formatProblems(reason, reasonFormat).map((problem) => invalidValue(path, reason, problem));
}
