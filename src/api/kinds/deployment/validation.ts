import type {
  Deployment,
  DeploymentSpec,
  DeploymentStrategy,
  RollingUpdateDeployment,
} from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { isZeroCount, validateAtMostAll, validateCountOrPercent, validateNonNegative } from "../../validation/numbers.js";
import { intOrStringValue } from "../../values/int-or-string.js";
import { validateCollisionCount } from "../collision-count.js";
import { validatePodMaker } from "../pod/template.js";
import { validateReplicaCounts } from "../replica-counts.js";

const strategies: readonly string[] = ["Recreate", "RollingUpdate"];
const rollingUpdatePath = "spec.strategy.rollingUpdate";

/** Every error of a Deployment's spec. */
export function validateDeployment({ spec }: Whole<Deployment>): FieldError[] {
  return [
    ...validateNonNegative(spec.replicas, "spec.replicas"),
    ...validatePodMaker(spec, "Deployment"),
    ...(spec.strategy === undefined ? [required("spec.strategy")] : validateStrategy(spec.strategy)),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateNonNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
    ...validateProgressDeadline(spec),
  ];
}

/** Every error of a status written. */
export function validateDeploymentStatusUpdate({ status: next }: Whole<Deployment>, { status: previous }: Whole<Deployment>): FieldError[] {
  return [...validateReplicaCounts(next), ...validateCollisionCount(next, previous)];
}

function validateProgressDeadline({ progressDeadlineSeconds, minReadySeconds = 0 }: DeploymentSpec): FieldError[] {
  const path = "spec.progressDeadlineSeconds";
  if (progressDeadlineSeconds === undefined) return [];
  const errors = validateNonNegative(progressDeadlineSeconds, path);
  if (progressDeadlineSeconds <= minReadySeconds) {
    errors.push(invalidValue(path, progressDeadlineSeconds, "must be greater than minReadySeconds"));
  }
  return errors;
}

function validateStrategy({ type = "", rollingUpdate }: DeploymentStrategy): FieldError[] {
  switch (type) {
    case "Recreate":
      return rollingUpdate === undefined
        ? []
        : [forbiddenField(rollingUpdatePath, "may not be specified when strategy `type` is 'Recreate'")];
    case "RollingUpdate":
      return rollingUpdate === undefined
        ? [required(rollingUpdatePath, "this should be defaulted and never be nil")]
        : validateRollingUpdate(rollingUpdate);
    default:
      return [unsupported("spec.strategy.type", type, strategies)];
  }
}

function validateRollingUpdate({ maxUnavailable, maxSurge }: RollingUpdateDeployment): FieldError[] {
  const path = `${rollingUpdatePath}.maxUnavailable`;
  const errors = [...validateCountOrPercent(maxUnavailable, path), ...validateCountOrPercent(maxSurge, `${rollingUpdatePath}.maxSurge`)];
  if (isZeroCount(maxUnavailable) && isZeroCount(maxSurge)) {
    // Neither more nor fewer pods than wanted: no pod could ever be exchanged.
    errors.push(
      invalidValue(path, maxUnavailable === undefined ? 0 : intOrStringValue(maxUnavailable), "may not be 0 when `maxSurge` is 0"),
    );
  }
  return [...errors, ...validateAtMostAll(maxUnavailable, path)];
}
