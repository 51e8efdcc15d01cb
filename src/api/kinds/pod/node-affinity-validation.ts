import { type NodeAffinity, type NodeSelectorRequirement, NodeSelectorTerm } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateLabelKey } from "../../validation/labels.js";
import { dnsSubdomainProblems, labelValueProblems } from "../../validation/names.js";

const noOperator = "not a valid selector operator";

/** Every error of which nodes a pod wants to go to, or would like to. */
export function validateNodeAffinity(affinity: NodeAffinity, path: string): FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: needed, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity;
  const termsPath = child(path, "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
  const preferredPath = child(path, "preferredDuringSchedulingIgnoredDuringExecution");
  return [
    ...(needed?.nodeSelectorTerms.length === 0 ? [required(termsPath, "must have at least one node selector term")] : []),
    ...(needed?.nodeSelectorTerms ?? []).flatMap((term, index) => validateTerm(term, element(termsPath, index))),
    ...preferred.flatMap(({ weight = 0, preference = NodeSelectorTerm.fromPartial({}) }, index) => {
      const at = element(preferredPath, index);
      return [...validateWeight(weight, child(at, "weight")), ...validateTerm(preference, child(at, "preference"))];
    }),
  ];
}

/** Refuses a weight of what is only preferred that is out of range. */
export function validateWeight(weight: number, path: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalidValue(path, weight, "must be in the range 1-100")];
}

function validateTerm({ matchExpressions, matchFields }: NodeSelectorTerm, path: string): FieldError[] {
  const expressionsPath = child(path, "matchExpressions");
  const fieldsPath = child(path, "matchFields");
  return [
    ...matchExpressions.flatMap((requirement, index) => validateExpression(requirement, element(expressionsPath, index))),
    ...matchFields.flatMap((requirement, index) => validateField(requirement, element(fieldsPath, index))),
  ];
}

function validateExpression({ key = "", operator = "", values }: NodeSelectorRequirement, path: string): FieldError[] {
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
  const at = child(path, "values");
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0 ? [] : [required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
    case "Exists":
    case "DoesNotExist":
      return values.length === 0 ? [] : [forbiddenField(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case "Gt":
    case "Lt":
      return values.length === 1 ? [] : [required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [invalidValue(child(path, "operator"), operator, noOperator)];
  }
}

/** The only field of a node that can be asked for is its name. */
function validateField({ key = "", operator = "", values }: NodeSelectorRequirement, path: string): FieldError[] {
  const valuesPath = child(path, "values");
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn") errors.push(invalidValue(child(path, "operator"), operator, noOperator));
  else if (values.length !== 1) {
    errors.push(required(valuesPath, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  }
  if (key !== "metadata.name") return [...errors, invalidValue(child(path, "key"), key, "not a valid field selector key")];
  const problems = values.flatMap((value, index) =>
    dnsSubdomainProblems(value).map((problem) => invalidValue(element(valuesPath, index), value, problem)),
  );
  return [...errors, ...problems];
}
