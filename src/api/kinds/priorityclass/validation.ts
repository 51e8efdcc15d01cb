import type { PriorityClass } from "../../../gen/howbernetes/scheduling/v1/priority_class.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { systemPriorityClasses } from "./system-classes.js";

/** What lies above is for the pods that a cluster cannot do without. */
const highestUserValue = 1_000_000_000;

const systemPrefix = "system-";

const policies: readonly string[] = ["Never", "PreemptLowerPriority"];

/** Every error of a PriorityClass. */
export function validatePriorityClass(priorityClass: Whole<PriorityClass>): FieldError[] {
  return [...validateRank(priorityClass), ...validatePolicy(priorityClass.preemptionPolicy)];
}

/** Every error of a change: pods have copied value and policy, and would disagree with their class. */
export function validatePriorityClassUpdate(next: Whole<PriorityClass>, previous: Whole<PriorityClass>): FieldError[] {
  const { value = 0, preemptionPolicy } = next;
  return [
    ...(value === (previous.value ?? 0) ? [] : [forbiddenField("value", "may not be changed in an update.")]),
    ...(preemptionPolicy === previous.preemptionPolicy ? [] : [invalidValue("preemptionPolicy", preemptionPolicy, "field is immutable")]),
  ];
}

function validateRank(priorityClass: Whole<PriorityClass>): FieldError[] {
  const { metadata, value = 0 } = priorityClass;
  if (metadata.name.startsWith(systemPrefix)) {
    const problem = systemProblem(priorityClass);
    const detail = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`;
    return problem === undefined ? [] : [forbiddenField("metadata.name", detail)];
  }
  if (value <= highestUserValue) return [];
  return [forbiddenField("value", `maximum allowed value of a user defined priority is ${highestUserValue}`)];
}

/** What keeps it from being one of the system's own. */
function systemProblem({ metadata: { name }, value = 0, globalDefault = false }: Whole<PriorityClass>): string | undefined {
  const systemValue = systemPriorityClasses.get(name);
  if (systemValue === undefined) return `${name} is not a known system priority class`;
  if (value !== systemValue) return `value of ${name} PriorityClass must be ${systemValue}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validatePolicy(policy: string | undefined): FieldError[] {
  if (!policy) return [required("preemptionPolicy")];
  return policies.includes(policy) ? [] : [unsupported("preemptionPolicy", policy, policies)];
}
