import type { FieldError } from "../errors.js";
import { invalidValue } from "../validation/field-error.js";
import { validateNonNegative } from "../validation/numbers.js";

interface Colliding {
  readonly collisionCount?: number | undefined;
}

/** Every error of a count of name collisions: counted down, it would name what is new as what is old is named. */
export function validateCollisionCount(next: Colliding, previous: Colliding): FieldError[] {
  const path = "status.collisionCount";
  const errors = validateNonNegative(next.collisionCount, path);
  if ((next.collisionCount ?? 0) < (previous.collisionCount ?? 0)) {
    errors.push(invalidValue(path, next.collisionCount ?? 0, "cannot be decremented"));
  }
  return errors;
}
