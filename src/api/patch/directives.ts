import type { Json, JsonObject } from "../codec/json-values.js";

/** The member of a strategic merge patch that says what else than merging is to be done: replace or delete. */
export const directive = "$patch";

/** A value as it is stored when it meets nothing to merge with. */
export function withoutDirectives(value: Json): Json {
  if (isList(value)) {
    return value.filter((item) => !(isObject(item) && item[directive] === "delete")).map(withoutDirectives);
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => item !== null && !name.startsWith("$"))
      .map(([name, item]) => [name, withoutDirectives(item)]),
  );
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
