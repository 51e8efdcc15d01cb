import type { IntOrString } from "../../../gen/howbernetes/meta/v1/values.js";
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { validateConditions } from "../../validation/conditions.js";
import { invalidValue, unsupported } from "../../validation/field-error.js";
import { validateLabelSelector } from "../../validation/labels.js";
import { validateAtMostAll, validateCountOrPercent, validateNonNegative } from "../../validation/numbers.js";
import { intOrStringValue } from "../../values/int-or-string.js";

const evictionPolicies: readonly string[] = ["AlwaysAllow", "IfHealthyBudget"];
const counts = ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] as const;

/** Every error of a budget's spec. As in Kubernetes, one that sets neither bound is well, and allows any disruption. */
export function validatePodDisruptionBudget({ spec }: Whole<PodDisruptionBudget>): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  return [
    ...validateNotBoth(spec),
    ...validateBound(minAvailable, "spec.minAvailable"),
    ...validateBound(maxUnavailable, "spec.maxUnavailable"),
    ...(selector === undefined ? [] : validateLabelSelector(selector, "spec.selector")),
    ...(policy === undefined || evictionPolicies.includes(policy)
      ? []
      : [unsupported("spec.unhealthyPodEvictionPolicy", policy, evictionPolicies)]),
  ];
}

/** Every error of a status written. */
export function validatePodDisruptionBudgetStatus({ status }: Whole<PodDisruptionBudget>): FieldError[] {
  return [
    ...validateConditions(status.conditions, "status.conditions"),
    ...counts.flatMap((field) => validateNonNegative(status[field], `status.${field}`)),
  ];
}

function validateNotBoth({ minAvailable, maxUnavailable }: PodDisruptionBudgetSpec): FieldError[] {
  if (minAvailable === undefined || maxUnavailable === undefined) return [];
  const bounds = { minAvailable: intOrStringValue(minAvailable), maxUnavailable: intOrStringValue(maxUnavailable) };
  return [invalidValue("spec", bounds, "minAvailable and maxUnavailable cannot be both set")];
}

function validateBound(bound: IntOrString | undefined, path: string): FieldError[] {
  return [...validateCountOrPercent(bound, path), ...validateAtMostAll(bound, path)];
}
