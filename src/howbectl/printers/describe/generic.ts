import { objectToJson } from "../../../api/codec/json.js";
import type { Json, JsonObject } from "../../../api/codec/json-values.js";
import { apiVersionOf } from "../../../api/kinds/index.js";
import { isObject } from "../../manifests/json-fields.js";
import type { KindObject } from "../object-format.js";
import { annotationCells, pairs } from "./cells.js";
import type { Description } from "./description.js";

/** Describes an object of any kind by its fields, their names spelled out. */
export function describeGeneric({ kind, object }: KindObject, description: Description): void {
  const { metadata } = object;
  description.field("Name", metadata.name);
  if (kind.namespaced) description.field("Namespace", metadata.namespace);
  description
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(object))
    .field("API Version", apiVersionOf(kind))
    .field("Kind", kind.kind);
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = objectToJson(kind, object);
  describeFields(fields, description);
}

function describeFields(fields: JsonObject, description: Description): void {
  for (const [name, value] of Object.entries(fields)) describeValue(titleOf(name), value, description);
}

function describeValue(label: string, value: Json, description: Description): void {
  if (isObject(value)) description.block(label, (body) => describeFields(value, body));
  else if (!isList(value)) description.field(label, String(value));
  else if (!value.some(isObject)) description.field(label, ...value.map(String));
  else description.block(label, (body) => value.forEach((item) => void (isObject(item) && describeFields(item, body))));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const acronyms: ReadonlySet<string> = new Set(["API", "CIDR", "GUID", "IP", "UID", "URL"]);

/** "holderIdentity" → "Holder Identity". */
function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(" ");
  return words
    .map((word) => (acronyms.has(word.toUpperCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(" ");
}
