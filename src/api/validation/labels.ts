import type { LabelSelector, LabelSelectorRequirement } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { forbiddenField, invalidValue, required, tooLong } from "./field-error.js";
import { child, element } from "./field-path.js";
import { labelValueProblems, qualifiedNameProblems } from "./names.js";

/** All annotations of an object together, keys and values: Kubernetes' limit, which keeps objects storable. */
const annotationsMaxBytes = 256 * 1024;

/** Every error of a set of labels; also of what selects by labels, as a pod's nodeSelector. */
export function validateLabels(labels: Readonly<Record<string, string>>, path: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...validateLabelKey(key, path),
    ...labelValueProblems(value).map((problem) => invalidValue(path, value, problem)),
  ]);
}

/** Every error of a label's key. */
export function validateLabelKey(key: string, path: string): FieldError[] {
  return qualifiedNameProblems(key).map((problem) => invalidValue(path, key, problem));
}

/** Every error of an object's annotations. */
export function validateAnnotations(annotations: Readonly<Record<string, string>>, path: string): FieldError[] {
  let bytes = 0;
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(annotations)) {
    // Unlike those of labels, keys of annotations may have capitals in their prefix.
    errors.push(...qualifiedNameProblems(key.toLowerCase()).map((problem) => invalidValue(path, key, problem)));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > annotationsMaxBytes) errors.push(tooLong(path, annotationsMaxBytes));
  return errors;
}

/** Every error of a label selector. */
export function validateLabelSelector(selector: LabelSelector, path: string): FieldError[] {
  const expressions = child(path, "matchExpressions");
  return [
    ...validateLabels(selector.matchLabels, child(path, "matchLabels")),
    ...selector.matchExpressions.flatMap((requirement, index) => validateRequirement(requirement, element(expressions, index))),
  ];
}

function validateRequirement({ key = "", operator = "", values }: LabelSelectorRequirement, path: string): FieldError[] {
  const valuesPath = child(path, "values");
  return [
    ...validateOperator(operator, values, path),
    ...validateLabelKey(key, child(path, "key")),
    ...values.flatMap((value, index) =>
      labelValueProblems(value).map((problem) => invalidValue(element(valuesPath, index), value, problem)),
    ),
  ];
}

function validateOperator(operator: string, values: readonly string[], path: string): FieldError[] {
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0 ? [] : [required(child(path, "values"), "must be specified when `operator` is 'In' or 'NotIn'")];
    case "Exists":
    case "DoesNotExist":
      return values.length === 0
        ? []
        : [forbiddenField(child(path, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalidValue(child(path, "operator"), operator, "not a valid selector operator")];
  }
}
