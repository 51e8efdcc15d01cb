import type { ControllerRevision } from "../../../gen/howbernetes/apps/v1/controller_revision.js";
import type { RawExtension } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { sameValue } from "../same-value.js";

const dataPath = "data";

/** Every error of a revision. */
export function validateControllerRevision({ data, revision }: Whole<ControllerRevision>): FieldError[] {
  return [...validateData(data), ...validateNonNegative(revision, "revision")];
}

/** Every error of a change: history is not rewritten; its number may rise, when it becomes the present again. */
export function validateControllerRevisionUpdate(next: Whole<ControllerRevision>, previous: Whole<ControllerRevision>): FieldError[] {
  if (sameValue(next.data, previous.data)) return [];
  return [invalidValue(dataPath, textOf(next.data), "field is immutable")];
}

function validateData(data: RawExtension | undefined): FieldError[] {
  const text = textOf(data);
  const value = parsed(text);
  if (text === "" || value === null) return [required(dataPath, "data is mandatory")];
  return value === undefined ? [invalidValue(dataPath, text, "must be JSON")] : [];
}

function textOf(data: RawExtension | undefined): string {
  // A copied Buffer is a plain Uint8Array, which reads otherwise.
  return Buffer.from(data?.raw ?? []).toString();
}

/** The JSON, or undefined: in protobuf anything could stand there, and would be unreadable for good. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (_error: unknown) {
    return undefined;
  }
}
