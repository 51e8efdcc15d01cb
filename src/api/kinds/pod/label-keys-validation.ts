import type { LabelSelector } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField } from "../../validation/field-error.js";
import { element } from "../../validation/field-path.js";
import { validateLabelKey } from "../../validation/labels.js";

/** Every error of keys whose values, as the pod has them, go into a selector. */
export function validateLabelKeys(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length === 0) return [];
  const errors = selector === undefined ? [forbiddenField(path, "must not be specified when labelSelector is not set")] : [];
  return [...errors, ...keys.flatMap((key, index) => validateLabelKey(key, element(path, index)))];
}
