import type { FieldError } from "../errors.js";

/** A field that must be set. */
export function required(path: string, detail = ""): FieldError {
  return { path, reason: "FieldValueRequired", message: withDetail("Required value", detail) };
}

/** A value that is wrong, and what it should be. */
export function invalidValue(path: string, value: unknown, detail: string): FieldError {
  return { path, reason: "FieldValueInvalid", message: withDetail(`Invalid value: ${show(value)}`, detail) };
}

/** A message or list that is wrong as a whole, so that its value would not say more. */
export function invalidField(path: string, detail: string): FieldError {
  return { path, reason: "FieldValueInvalid", message: withDetail("Invalid value", detail) };
}

/** A value that is none of those there are. */
export function unsupported(path: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map((one) => JSON.stringify(one)).join(", ");
  return { path, reason: "FieldValueNotSupported", message: `Unsupported value: ${show(value)}: supported values: ${values}` };
}

/** A value that another one of the same list has already. */
export function duplicate(path: string, value: unknown, detail = ""): FieldError {
  return { path, reason: "FieldValueDuplicate", message: withDetail(`Duplicate value: ${show(value)}`, detail) };
}

/** A field that may not be set, or not so. */
export function forbiddenField(path: string, detail: string): FieldError {
  return { path, reason: "FieldValueForbidden", message: withDetail("Forbidden", detail) };
}

/** A field that is set to what is not acted upon so far: refused, lest it be silently ignored. */
export function notHonoured(path: string): FieldError {
  return forbiddenField(path, "not honoured by howbernetes yet");
}

/** A value of more bytes than allowed. */
export function tooLong(path: string, maxBytes: number): FieldError {
  return { path, reason: "FieldValueTooLong", message: `Too long: may not be more than ${maxBytes} bytes` };
}

/** A list of more items than allowed. */
export function tooMany(path: string, count: number, maxItems: number): FieldError {
  const items = maxItems === 1 ? "item" : "items";
  return { path, reason: "FieldValueTooMany", message: `Too many: ${count}: must have at most ${maxItems} ${items}` };
}

/** A value that refers to what is not there. */
export function notFoundValue(path: string, value: unknown): FieldError {
  return { path, reason: "FieldValueNotFound", message: `Not found: ${show(value)}` };
}

function withDetail(text: string, detail: string): string {
  return detail === "" ? text : `${text}: ${detail}`;
}

/** A value in an error message: what is unset in it is left out. */
function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (isEmpty(part) ? undefined : part));
  return text ?? (value === undefined ? "null" : Array.isArray(value) ? "[]" : "{}");
}

/** Empty lists and maps, which ts-proto has wherever nothing is set. */
function isEmpty(part: unknown): boolean {
  if (Array.isArray(part)) return part.length === 0;
  return typeof part === "object" && part !== null && Object.keys(part).length === 0;
}
