import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../errors.js";
import { invalidValue } from "../validation/field-error.js";
import { sameValue } from "./same-value.js";

interface Selecting {
  readonly spec: { readonly selector: LabelSelector | undefined };
}

/** Refuses another selector: pods made under the old one would be left without an owner. */
export function validateSelectorUnchanged(next: Selecting, previous: Selecting): FieldError[] {
  if (sameValue(next.spec.selector, previous.spec.selector)) return [];
  return [invalidValue("spec.selector", next.spec.selector, "field is immutable")];
}
