import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { isQuantity, milliOf } from "../values/quantity.js";
import { invalidValue } from "./field-error.js";
import { entry } from "./field-path.js";
import { validateQuantities } from "./quantities.js";
import { isIntegerResource } from "./resource-names.js";

/** Every error of amounts of resources: no quantities, negative, or fractions where there are only whole ones. */
export function validateResourceAmounts(amounts: Readonly<Record<string, Quantity>>, path: string): FieldError[] {
  const fractions = Object.entries(amounts).filter(
    ([name, amount]) => isIntegerResource(name) && isQuantity(amount.string ?? "") && milliOf(amount) % 1000 !== 0,
  );
  return [
    ...validateQuantities(amounts, path),
    ...fractions.map(([name, { string: text }]) => invalidValue(entry(path, name), text, "must be an integer")),
  ];
}
