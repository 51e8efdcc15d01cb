import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { isQuantity, parseQuantity } from "../values/quantity.js";
import { invalidValue } from "./field-error.js";
import { entry } from "./field-path.js";

const quantityMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Every error of a map of resource names to quantities: each readable, none negative. */
export function validateQuantities(quantities: Readonly<Record<string, Quantity>>, path: string): FieldError[] {
  return Object.entries(quantities).flatMap(([name, { string: text = "" }]) =>
    quantityProblems(text).map((problem) => invalidValue(entry(path, name), text, problem)),
  );
}

function quantityProblems(text: string): string[] {
  if (!isQuantity(text)) return [quantityMessage];
  return parseQuantity(text) < 0 ? ["must be greater than or equal to 0"] : [];
}
