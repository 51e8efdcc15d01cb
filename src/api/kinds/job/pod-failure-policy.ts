import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from "../../../gen/howbernetes/batch/v1/job.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidField, invalidValue, required, tooMany, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { qualifiedNameProblems } from "../../validation/names.js";

const maxRules = 20;
const maxConditions = 20;
const maxExitCodes = 255;
const actions: readonly string[] = ["Count", "FailIndex", "FailJob", "Ignore"];
const operators: readonly string[] = ["In", "NotIn"];
const statuses: readonly string[] = ["False", "True", "Unknown"];

/** Every error of what a Job does about pods that failed. */
export function validatePodFailurePolicy(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const rulesPath = child(path, "rules");
  return [
    ...(rules.length > maxRules ? [tooMany(rulesPath, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, index) => validateRule(rule, spec, element(rulesPath, index))),
  ];
}

function validateRule(rule: PodFailurePolicyRule, spec: JobSpec, path: string): FieldError[] {
  const { onExitCodes, onPodConditions } = rule;
  const errors = validateAction(rule, spec, child(path, "action"));
  if (onExitCodes !== undefined) errors.push(...validateExitCodes(onExitCodes, containerNames(spec), child(path, "onExitCodes")));
  errors.push(...validateConditions(onPodConditions, child(path, "onPodConditions")));
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    errors.push(invalidField(path, "specifying both OnExitCodes and OnPodConditions is not supported"));
  }
  if (onExitCodes === undefined && onPodConditions.length === 0) {
    errors.push(invalidField(path, "specifying one of OnExitCodes and OnPodConditions is required"));
  }
  return errors;
}

function validateAction({ action = "" }: PodFailurePolicyRule, { backoffLimitPerIndex }: JobSpec, path: string): FieldError[] {
  if (action === "FailIndex" && backoffLimitPerIndex === undefined) {
    return [invalidValue(path, action, "requires the backoffLimitPerIndex to be set")];
  }
  return validateChoice(action, actions, path);
}

function containerNames({ template }: JobSpec): ReadonlySet<string> {
  return new Set([...(template?.spec?.containers ?? []), ...(template?.spec?.initContainers ?? [])].map(({ name = "" }) => name));
}

function validateExitCodes(
  { operator = "", containerName, values }: PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const errors = validateChoice(operator, operators, child(path, "operator"));
  if (containerName !== undefined && !names.has(containerName)) {
    const detail = "must be one of the container or initContainer names in the pod template";
    errors.push(invalidValue(child(path, "containerName"), containerName, detail));
  }
  return [...errors, ...validateCodes(values, operator, child(path, "values"))];
}

function validateCodes(codes: readonly number[], operator: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (codes.length === 0) errors.push(invalidValue(path, codes, "at least one value is required"));
  if (codes.length > maxExitCodes) errors.push(tooMany(path, codes.length, maxExitCodes));
  for (const [index, code] of codes.entries()) {
    if (operator === "In" && code === 0) errors.push(invalidValue(element(path, index), code, "must not be 0 for the In operator"));
    if (codes.indexOf(code) < index) errors.push(duplicate(element(path, index), code));
  }
  const isOrdered = codes.every((code, index) => index === 0 || (codes[index - 1] ?? code) <= code);
  if (!isOrdered) errors.push(invalidValue(path, codes, "must be ordered"));
  return errors;
}

function validateConditions(patterns: readonly PodFailurePolicyOnPodConditionsPattern[], path: string): FieldError[] {
  return [
    ...(patterns.length > maxConditions ? [tooMany(path, patterns.length, maxConditions)] : []),
    ...patterns.flatMap(({ type = "", status = "" }, index) => [
      ...qualifiedNameProblems(type).map((problem) => invalidValue(child(element(path, index), "type"), type, problem)),
      ...validateChoice(status, statuses, child(element(path, index), "status")),
    ]),
  ];
}

function validateChoice(value: string, choices: readonly string[], path: string): FieldError[] {
  if (value === "") return [required(path, `valid values: [${choices.map((choice) => JSON.stringify(choice)).join(" ")}]`)];
  return choices.includes(value) ? [] : [unsupported(path, value, choices)];
}
