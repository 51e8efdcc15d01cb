import { objectToJson } from "../../api/codec/json.js";
import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { formatYaml } from "../../api/codec/yaml.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { oneOf } from "../flags/parse-flag.js";
import { isObject } from "../manifests/json-fields.js";
import { jsonPathText, parseJsonPath } from "../resources/json-path.js";
import { qualifiedName } from "../resources/kind-lookup.js";

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

/** Text with `{paths}` in it; "\n" and "\t" within `{"…"}` are those characters. */
function parseJsonPathTemplate(template: string): (root: Json) => string {
  const pieces = template.split(/(\{[^{}]*\})/).map((piece): ((root: Json) => string) => {
    if (!piece.startsWith("{")) return () => piece;
    const literal = /^\{\s*"(.*)"\s*\}$/.exec(piece);
    if (literal !== null) return () => (literal[1] ?? "").replaceAll("\\n", "\n").replaceAll("\\t", "\t");
    const path = parseJsonPath(piece);
    return (root) => path(root).map(jsonPathText).join(" ");
  });
  return (root) => pieces.map((piece) => piece(root)).join("");
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
