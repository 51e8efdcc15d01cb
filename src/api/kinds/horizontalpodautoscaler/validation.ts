import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingPolicy,
  HPAScalingRules,
} from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateQuantity } from "../../validation/quantities.js";
import { validateMetrics } from "./metrics-validation.js";
import { validateObjectReference } from "./object-reference.js";

const minReplicasLowerBound = 1;
const maxPeriodSeconds = 1800;
const maxWindowSeconds = 3600;
const selectPolicies: readonly string[] = ["Disabled", "Max", "Min"];
const policyTypes: readonly string[] = ["Percent", "Pods"];

/** Every error of a HorizontalPodAutoscaler's spec. */
export function validateHorizontalPodAutoscaler({ spec }: Whole<HorizontalPodAutoscaler>): FieldError[] {
  return [
    ...validateBounds(spec),
    ...validateObjectReference(spec.scaleTargetRef, "spec.scaleTargetRef"),
    ...validateMetrics(spec.metrics, "spec.metrics"),
    ...validateRules(spec.behavior?.scaleUp, "spec.behavior.scaleUp"),
    ...validateRules(spec.behavior?.scaleDown, "spec.behavior.scaleDown"),
  ];
}

/** Every error of a status written. */
export function validateHorizontalPodAutoscalerStatusUpdate({ status }: Whole<HorizontalPodAutoscaler>): FieldError[] {
  return [
    ...validateNonNegative(status.currentReplicas, "status.currentReplicas"),
    ...validateNonNegative(status.desiredReplicas, "status.desiredReplicas"),
  ];
}

function validateBounds({ minReplicas, maxReplicas = 0 }: HorizontalPodAutoscalerSpec): FieldError[] {
  const maxPath = "spec.maxReplicas";
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < minReplicasLowerBound) {
    errors.push(invalidValue("spec.minReplicas", minReplicas, `must be greater than or equal to ${minReplicasLowerBound}`));
  }
  if (maxReplicas < 1) errors.push(invalidValue(maxPath, maxReplicas, "must be greater than 0"));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalidValue(maxPath, maxReplicas, "must be greater than or equal to `minReplicas`"));
  }
  return errors;
}

function validateRules(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds, selectPolicy, policies, tolerance } = rules;
  const policiesPath = child(path, "policies");
  return [
    ...validateWindow(stabilizationWindowSeconds, child(path, "stabilizationWindowSeconds")),
    ...(selectPolicy === undefined || selectPolicies.includes(selectPolicy)
      ? []
      : [unsupported(child(path, "selectPolicy"), selectPolicy, selectPolicies)]),
    ...(policies.length === 0 ? [required(policiesPath, "must specify at least one Policy")] : []),
    ...policies.flatMap((policy, index) => validatePolicy(policy, element(policiesPath, index))),
    ...(tolerance === undefined ? [] : validateQuantity(tolerance, child(path, "tolerance"))),
  ];
}

function validateWindow(seconds: number | undefined, path: string): FieldError[] {
  if (seconds === undefined) return [];
  if (seconds < 0) return [invalidValue(path, seconds, "must be greater than or equal to zero")];
  return seconds > maxWindowSeconds ? [invalidValue(path, seconds, `must be less than or equal to ${maxWindowSeconds}`)] : [];
}

function validatePolicy({ type = "", value = 0, periodSeconds = 0 }: HPAScalingPolicy, path: string): FieldError[] {
  const periodPath = child(path, "periodSeconds");
  const errors: FieldError[] = [];
  if (!policyTypes.includes(type)) errors.push(unsupported(child(path, "type"), type, policyTypes));
  if (value <= 0) errors.push(invalidValue(child(path, "value"), value, "must be greater than zero"));
  if (periodSeconds <= 0) errors.push(invalidValue(periodPath, periodSeconds, "must be greater than zero"));
  if (periodSeconds > maxPeriodSeconds) {
    errors.push(invalidValue(periodPath, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`));
  }
  return errors;
}
