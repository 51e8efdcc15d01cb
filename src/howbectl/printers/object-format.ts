import { objectToJson } from "../../api/codec/json.js";
import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { formatYaml } from "../../api/codec/yaml.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { oneOf } from "../flags/parse-flag.js";
import { isObject } from "../manifests/json-fields.js";
import { parseJsonPathTemplate } from "../resources/json-path-template.js";
import { qualifiedName } from "../resources/kind-lookup.js";
import { UsageError } from "../usage-error.js";

/** An object and its kind, for printing. */
export interface KindObject {
  readonly kind: Kind;
  readonly object: Whole<ApiObject>;
}

/** Output that shows an object rather than a row of a table. */
export type ObjectFormat = "yaml" | "json" | "name" | `jsonpath=${string}`;

const formatWord = oneOf("yaml", "json", "name");

/** Reads `-o` where no table can be asked for. */
export function parseObjectFormat(text: string): ObjectFormat {
  if (text === "jsonpath")
    throw new UsageError("template format specified but no template given", "For example: -o jsonpath={.metadata.name}");
  if (!text.startsWith("jsonpath=")) return formatWord(text);
  parseJsonPathTemplate(text.slice("jsonpath=".length));
  return text as `jsonpath=${string}`;
}

/** Prints one object. */
export function formatObject(format: ObjectFormat, { kind, object }: KindObject): string {
  if (format === "name") return qualifiedName(kind, object.metadata.name);
  return formatJson(format, objectToJson(kind, object));
}

/** Prints one change, as `{"type": "ADDED", "object": …}`. */
export function formatWatchEvent(format: ObjectFormat, type: string, item: KindObject): string {
  if (format === "name") return `${type.toUpperCase()} ${formatObject(format, item)}`;
  return formatJson(format, { type: type.toUpperCase(), object: objectToJson(item.kind, item.object) });
}

/** Whether `-o` asks for objects and not for a table. */
export function isObjectFormat(output: ObjectFormat | "wide" | undefined): output is ObjectFormat {
  return output !== undefined && output !== "wide";
}

/** Prints several objects as one List, or as names. */
export function formatObjectList(format: ObjectFormat, items: readonly KindObject[]): string {
  if (format === "name") return items.map((item) => formatObject(format, item)).join("\n");
  const list = {
    apiVersion: "v1",
    items: items.map(({ kind, object }) => objectToJson(kind, object)),
    kind: "List",
    metadata: { resourceVersion: "" },
  };
  return formatJson(format, list);
}

/** Prints JSON that stands for an object, keys in order. */
export function formatJson(format: Exclude<ObjectFormat, "name">, json: JsonObject): string {
  const sorted = sortKeys(json);
  if (format === "yaml") return formatYaml(sorted).trimEnd();
  if (format === "json") return JSON.stringify(sorted, undefined, 4);
  return parseJsonPathTemplate(format.slice("jsonpath=".length))(sorted);
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
