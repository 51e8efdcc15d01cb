import { CrossVersionObjectReference } from "../../../gen/howbernetes/autoscaling/v2/metric.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { pathSegmentProblems } from "../../validation/names.js";

/** Every error of a reference to an object of some version. */
export function validateObjectReference(
  reference: CrossVersionObjectReference = CrossVersionObjectReference.fromPartial({}),
  path: string,
): FieldError[] {
  const { apiVersion = "" } = reference;
  const errors = (["kind", "name"] as const).flatMap((field) => validatePathSegment(reference[field], "", child(path, field)));
  if (apiVersion.split("/").length > 2) {
    errors.push(invalidValue(child(path, "apiVersion"), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  return errors;
}

/** Every error of a name that stands in a path of some API; `detail` says what is missing when it is. */
export function validatePathSegment(name: string | undefined, detail: string, path: string): FieldError[] {
  if (!name) return [required(path, detail)];
  return pathSegmentProblems(name).map((problem) => invalidValue(path, name, problem));
}
