import type { FieldError } from "../errors.js";
import { invalidValue } from "../validation/field-error.js";
import { validateNonNegative } from "../validation/numbers.js";

/** Counted replicas, as the statuses of Deployment and ReplicaSet have them. */
interface ReplicaCounts {
  readonly replicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  /** Those of the present template. */
  readonly updatedReplicas?: number | undefined;
  readonly fullyLabeledReplicas?: number | undefined;
  readonly unavailableReplicas?: number | undefined;
  readonly observedGeneration?: number | undefined;
}

const counts = [
  "replicas",
  "updatedReplicas",
  "fullyLabeledReplicas",
  "readyReplicas",
  "availableReplicas",
  "unavailableReplicas",
  "observedGeneration",
] as const;

const parts = ["updatedReplicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas"] as const;

/** Every error of counted replicas: none negative, no part greater than the whole. */
export function validateReplicaCounts(status: ReplicaCounts): FieldError[] {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const errors = counts.flatMap((field) => validateNonNegative(status[field], `status.${field}`));
  for (const field of parts) {
    const count = status[field] ?? 0;
    if (count > replicas) errors.push(invalidValue(`status.${field}`, count, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > readyReplicas) {
    errors.push(invalidValue("status.availableReplicas", availableReplicas, "cannot be greater than readyReplicas"));
  }
  return errors;
}
