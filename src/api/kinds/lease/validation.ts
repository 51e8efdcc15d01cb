import type { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, notHonoured } from "../../validation/field-error.js";
import { validateNonNegative } from "../../validation/numbers.js";

/** Every error of a Lease. Who may hold it next is not chosen by the server yet. */
export function validateLease({ spec }: Whole<Lease>): FieldError[] {
  const { leaseDurationSeconds: duration } = spec;
  return [
    ...(duration !== undefined && duration <= 0 ? [invalidValue("spec.leaseDurationSeconds", duration, "must be greater than 0")] : []),
    ...validateNonNegative(spec.leaseTransitions, "spec.leaseTransitions"),
    ...(["strategy", "preferredHolder"] as const).filter((field) => spec[field]).map((field) => notHonoured(`spec.${field}`)),
  ];
}
