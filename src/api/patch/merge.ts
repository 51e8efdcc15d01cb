import type { Json, JsonObject } from "../codec/json-values.js";
import { isObject } from "./directives.js";

/** Applies a JSON merge patch (RFC 7386): objects merge, null deletes, everything else replaces. */
export function mergePatch(current: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(current));
  for (const [name, value] of Object.entries(patch)) {
    const before = merged.get(name);
    if (value === null) merged.delete(name);
    else merged.set(name, isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value);
  }
  return Object.fromEntries(merged);
}
