import type { IntOrString } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { intOrStringValue, isPercent } from "../values/int-or-string.js";
import { invalidValue } from "./field-error.js";
import { patternMessage } from "./text-format.js";

const percentMessage = patternMessage("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", [
  "1%",
  "93%",
]);

/** Refuses a negative number; an absent one is none. */
export function validateNonNegative(value: number | undefined, path: string): FieldError[] {
  return (value ?? 0) < 0 ? [invalidValue(path, value, "must be greater than or equal to 0")] : [];
}

/** Refuses what is neither a number from 0 nor a percentage; absent is well. */
export function validateCountOrPercent(value: IntOrString | undefined, path: string): FieldError[] {
  if (value === undefined) return [];
  const held = intOrStringValue(value);
  if (typeof held === "number") return validateNonNegative(held, path);
  return isPercent(value) ? [] : [invalidValue(path, held, percentMessage)];
}

/** Refuses a percentage of more than 100; absent is well, and so is what is no percentage. */
export function validateAtMostAll(value: IntOrString | undefined, path: string): FieldError[] {
  if (value === undefined || !isPercent(value)) return [];
  const held = String(intOrStringValue(value));
  return Number.parseInt(held, 10) > 100 ? [invalidValue(path, held, "must not be greater than 100%")] : [];
}

/** Whether it means none: absent, 0 or 0%; "00%" too. */
export function isZeroCount(value: IntOrString | undefined): boolean {
  const held = value === undefined ? 0 : intOrStringValue(value);
  return typeof held === "number" ? held === 0 : /^0+%$/.test(held);
}
