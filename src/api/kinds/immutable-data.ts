import type { FieldError } from "../errors.js";
import { forbiddenField } from "../validation/field-error.js";
import { sameValue } from "./same-value.js";

const detail = "field is immutable when `immutable` is set";

/** What ConfigMap and Secret have in common: content that can be sealed. */
interface Sealable {
  readonly immutable?: boolean | undefined;
}

/** Refuses to change the `content` fields of an object that is immutable, and to make it mutable again. */
export function validateImmutable<T extends Sealable>(next: T, previous: T, content: readonly (keyof T & string)[]): FieldError[] {
  if (previous.immutable !== true) return [];
  const changed = content.filter((field) => !sameValue(next[field], previous[field]));
  const unsealed = next.immutable === true ? [] : ["immutable"];
  return [...unsealed, ...changed].map((field) => forbiddenField(field, detail));
}
