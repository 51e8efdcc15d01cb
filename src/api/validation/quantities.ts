import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { isQuantity, parseQuantity } from "../values/quantity.js";
import { invalidValue } from "./field-error.js";
import { entry } from "./field-path.js";

const quantityMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

type Quantities = Readonly<Record<string, Quantity>>;

/** Every error of a map of resource names to quantities: each readable, none negative. */
export function validateQuantities(quantities: Quantities, path: string): FieldError[] {
  return problemsOf(quantities, path, (text) => (parseQuantity(text) < 0 ? ["must be greater than or equal to 0"] : []));
}

/** As `validateQuantities`, where negative ones are well. */
export function validateSignedQuantities(quantities: Quantities, path: string): FieldError[] {
  return problemsOf(quantities, path, () => []);
}

function problemsOf(quantities: Quantities, path: string, ofReadable: (text: string) => string[]): FieldError[] {
  return Object.entries(quantities).flatMap(([name, { string: text = "" }]) => {
    const problems = isQuantity(text) ? ofReadable(text) : [quantityMessage];
    return problems.map((problem) => invalidValue(entry(path, name), text, problem));
  });
}
