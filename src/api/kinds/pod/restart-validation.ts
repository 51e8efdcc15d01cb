import type { Container, ContainerResizePolicy, ContainerRestartRule } from "../../../gen/howbernetes/core/v1/container.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidValue, required, tooMany, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";

const restartPolicies: readonly string[] = ["Always", "Never", "OnFailure"];
const ruleActions: readonly string[] = ["Restart", "RestartAllContainers"];
const operators: readonly string[] = ["In", "NotIn"];
const resizable: readonly string[] = ["cpu", "memory"];
const resizePolicies: readonly string[] = ["NotRequired", "RestartContainer"];
const maxRules = 20;
const maxExitCodes = 255;

/** Every error of when a container is restarted, in place of what its pod says. */
export function validateRestart({ restartPolicy, restartPolicyRules: rules }: Container, path: string): FieldError[] {
  const policyPath = child(path, "restartPolicy");
  const rulesPath = child(path, "restartPolicyRules");
  const errors: FieldError[] = [];
  if (restartPolicy !== undefined && !restartPolicies.includes(restartPolicy)) {
    errors.push(unsupported(policyPath, restartPolicy, restartPolicies));
  }
  if (restartPolicy === undefined && rules.length > 0) {
    errors.push(required(policyPath, "must specify restartPolicy when restart rules are used"));
  }
  if (rules.length > maxRules) errors.push(tooMany(rulesPath, rules.length, maxRules));
  return [...errors, ...rules.flatMap((rule, index) => validateRule(rule, element(rulesPath, index)))];
}

function validateRule({ action = "", exitCodes }: ContainerRestartRule, path: string): FieldError[] {
  const errors = validateChoice(action, ruleActions, child(path, "action"));
  const codesPath = child(path, "exitCodes");
  if (exitCodes === undefined) return [...errors, required(codesPath, "must be specified")];
  const { operator = "", values } = exitCodes;
  errors.push(...validateChoice(operator, operators, child(codesPath, "operator")));
  if (values.length > maxExitCodes) errors.push(tooMany(child(codesPath, "values"), values.length, maxExitCodes));
  return errors;
}

/** Every error of which resources can be changed without a restart. */
export function validateResize(policies: readonly ContainerResizePolicy[], podRestartPolicy: string, path: string): FieldError[] {
  const seen = new Set<string>();
  return policies.flatMap(({ resourceName = "", restartPolicy = "" }) => {
    const errors = [...validateChoice(resourceName, resizable, path), ...validateChoice(restartPolicy, resizePolicies, path)];
    if (seen.has(resourceName)) errors.push(duplicate(path, resourceName));
    seen.add(resourceName);
    if (podRestartPolicy === "Never" && restartPolicy === "RestartContainer") {
      errors.push(invalidValue(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
    return errors;
  });
}

function validateChoice(value: string, choices: readonly string[], path: string): FieldError[] {
  if (value === "") return [required(path)];
  return choices.includes(value) ? [] : [unsupported(path, value, choices)];
}
