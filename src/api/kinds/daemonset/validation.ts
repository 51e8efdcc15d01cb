import type { DaemonSet, DaemonSetUpdateStrategy, RollingUpdateDaemonSet } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { isZeroCount, validateAtMostAll, validateCountOrPercent, validateNonNegative } from "../../validation/numbers.js";
import { intOrStringValue } from "../../values/int-or-string.js";
import { validateCollisionCount } from "../collision-count.js";
import { validatePodMaker } from "../pod/template.js";

const strategies: readonly string[] = ["RollingUpdate", "OnDelete"];
const counts = [
  "currentNumberScheduled",
  "numberMisscheduled",
  "desiredNumberScheduled",
  "numberReady",
  "observedGeneration",
  "updatedNumberScheduled",
  "numberAvailable",
  "numberUnavailable",
] as const;

/** Every error of a DaemonSet's spec. */
export function validateDaemonSet({ spec }: Whole<DaemonSet>): FieldError[] {
  return [
    ...validatePodMaker(spec, "DaemonSet"),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateStrategy(spec.updateStrategy ?? { type: undefined, rollingUpdate: undefined }, "spec.updateStrategy"),
    ...validateNonNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
  ];
}

/** Every error of a status written. */
export function validateDaemonSetStatusUpdate({ status: next }: Whole<DaemonSet>, { status: previous }: Whole<DaemonSet>): FieldError[] {
  return [...counts.flatMap((field) => validateNonNegative(next[field], `status.${field}`)), ...validateCollisionCount(next, previous)];
}

function validateStrategy({ type = "", rollingUpdate }: DaemonSetUpdateStrategy, path: string): FieldError[] {
  switch (type) {
    case "OnDelete":
      return [];
    case "RollingUpdate":
      return rollingUpdate === undefined
        ? [required(child(path, "rollingUpdate"))]
        : validateRollingUpdate(rollingUpdate, child(path, "rollingUpdate"));
    default:
      return [unsupported(child(path, "type"), type, strategies)];
  }
}

/** A node's pod is exchanged either by ending the old one first, or by starting the new one first: one of the two. */
function validateRollingUpdate({ maxUnavailable, maxSurge }: RollingUpdateDaemonSet, path: string): FieldError[] {
  const unavailablePath = child(path, "maxUnavailable");
  const surgePath = child(path, "maxSurge");
  const errors = [
    ...validateCountOrPercent(maxUnavailable, unavailablePath),
    ...validateCountOrPercent(maxSurge, surgePath),
    ...validateAtMostAll(maxUnavailable, unavailablePath),
    ...validateAtMostAll(maxSurge, surgePath),
  ];
  if (maxSurge !== undefined && !isZeroCount(maxUnavailable) && !isZeroCount(maxSurge)) {
    errors.push(invalidValue(surgePath, intOrStringValue(maxSurge), "may not be set when maxUnavailable is non-zero"));
  }
  if (isZeroCount(maxUnavailable) && isZeroCount(maxSurge)) errors.push(required(unavailablePath, "cannot be 0 when maxSurge is 0"));
  return errors;
}
