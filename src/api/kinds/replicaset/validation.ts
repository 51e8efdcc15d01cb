import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validatePodMaker } from "../pod/template.js";
import { validateReplicaCounts } from "../replica-counts.js";

/** Every error of a ReplicaSet's spec. */
export function validateReplicaSet({ spec }: Whole<ReplicaSet>): FieldError[] {
  return [
    ...validateNonNegative(spec.replicas, "spec.replicas"),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validatePodMaker(spec, "ReplicaSet"),
  ];
}

/** Every error of a status written. */
export function validateReplicaSetStatusUpdate({ status }: Whole<ReplicaSet>): FieldError[] {
  return validateReplicaCounts(status);
}
