import type { JsonObject } from "../../api/codec/json-values.js";
import { isObject } from "../manifests/json-fields.js";

/** An object without the record of who set which field. */
export function withoutManagedFields(json: JsonObject): JsonObject {
  if (!isObject(json.metadata)) return json;
  const { managedFields: _owners, ...metadata } = json.metadata;
  return { ...json, metadata };
}
