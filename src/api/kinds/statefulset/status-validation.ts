import type { StatefulSet } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue } from "../../validation/field-error.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateCollisionCount } from "../collision-count.js";

const parts = ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"] as const;

/** Every error of a status written: no count negative, no part greater than the whole. */
export function validateStatefulSetStatusUpdate(
  { status: next }: Whole<StatefulSet>,
  { status: previous }: Whole<StatefulSet>,
): FieldError[] {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = next;
  const errors = (["replicas", ...parts, "observedGeneration"] as const).flatMap((field) =>
    validateNonNegative(next[field], `status.${field}`),
  );
  errors.push(...validateCollisionCount(next, previous));
  for (const field of parts) {
    const count = next[field] ?? 0;
    if (count > replicas) errors.push(invalidValue(`status.${field}`, count, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > readyReplicas) {
    errors.push(invalidValue("status.availableReplicas", availableReplicas, "cannot be greater than status.readyReplicas"));
  }
  return errors;
}
