import { isJsonObject } from "../../api/codec/json.js";
import type { Json, JsonObject } from "../../api/codec/json-values.js";

/** The object under `key`, or an empty one: for reading what a user wrote, which may be anything. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = fieldAt(value, key);
  return isObject(inner) ? inner : {};
}

/** The list under `key`, or an empty one. */
export function listAt(value: Json | undefined, key: string): readonly Json[] {
  const inner = fieldAt(value, key);
  return Array.isArray(inner) ? inner : [];
}

/** The string under `key`, if it is one. */
export function stringAt(value: Json | undefined, key: string): string | undefined {
  const inner = fieldAt(value, key);
  return typeof inner === "string" ? inner : undefined;
}

/** Whether a value is a JSON object, neither null nor a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return isJsonObject(value);
}

function fieldAt(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
