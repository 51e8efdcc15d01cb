import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { isQuantity, parseQuantity } from "../values/quantity.js";
import { invalidValue } from "./field-error.js";
import { entry } from "./field-path.js";

/** What a text is told that is no quantity. */
export const quantityMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

type Quantities = Readonly<Record<string, Quantity>>;

/** Every error of a map of resource names to quantities: each readable, none negative. */
export function validateQuantities(quantities: Quantities, path: string): FieldError[] {
  return problemsOf(quantities, path, (text) => (parseQuantity(text) < 0 ? ["must be greater than or equal to 0"] : []));
}

/** As `validateQuantities`, where negative ones are well. */
export function validateSignedQuantities(quantities: Quantities, path: string): FieldError[] {
  return problemsOf(quantities, path, () => []);
}

/** Every error of one quantity: unreadable, or negative. */
export function validateQuantity({ string: text = "" }: Quantity, path: string): FieldError[] {
  if (!isQuantity(text)) return [invalidValue(path, text, quantityMessage)];
  return parseQuantity(text) < 0 ? [invalidValue(path, text, "must be greater than or equal to 0")] : [];
}

function problemsOf(quantities: Quantities, path: string, ofReadable: (text: string) => string[]): FieldError[] {
  return Object.entries(quantities).flatMap(([name, { string: text = "" }]) => {
    const problems = isQuantity(text) ? ofReadable(text) : [quantityMessage];
    return problems.map((problem) => invalidValue(entry(path, name), text, problem));
  });
}
