import type {
  Deployment,
  DeploymentSpec,
  DeploymentStrategy,
  RollingUpdateDeployment,
} from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { IntOrString } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { validateCountOrPercent, validateNonNegative, validateNotMoreThanAll } from "../../validation/numbers.js";
import { intOrStringValue } from "../../values/int-or-string.js";
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
  const path = "status.collisionCount";
  const errors = [...validateReplicaCounts(next), ...validateNonNegative(next.collisionCount, path)];
  if ((next.collisionCount ?? 0) < (previous.collisionCount ?? 0)) {
    // Counting down would name a new ReplicaSet as an old one is named.
    errors.push(invalidValue(path, next.collisionCount ?? 0, "cannot be decremented"));
  }
  return errors;
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
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    // Neither more nor fewer pods than wanted: no pod could ever be exchanged.
    errors.push(invalidValue(path, heldBy(maxUnavailable), "may not be 0 when `maxSurge` is 0"));
  }
  return [...errors, ...validateNotMoreThanAll(maxUnavailable, path)];
}

function heldBy(value: IntOrString | undefined): number | string {
  return value === undefined ? 0 : intOrStringValue(value);
}

/** 0 or 0%; "00%" too. */
function isZero(value: IntOrString | undefined): boolean {
  const held = heldBy(value);
  return typeof held === "number" ? held === 0 : /^0+%$/.test(held);
}
