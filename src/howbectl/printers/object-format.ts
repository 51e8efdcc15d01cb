import { objectToJson } from "../../api/codec/json.js";
import type { Json, JsonObject } from "../../api/codec/json-values.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { isObject } from "../manifests/json-fields.js";
import { parseJsonPathTemplate } from "../resources/json-path-template.js";
import { qualifiedName } from "../resources/kind-lookup.js";
import { withoutManagedFields } from "../resources/without-managed-fields.js";
import { UsageError } from "../usage-error.js";
import { yamlText } from "./yaml-text.js";

/** An object and its kind, for printing. */
export interface KindObject {
  readonly kind: Kind;
  readonly object: Whole<ApiObject>;
}

type Template = `jsonpath=${string}` | `jsonpath-as-json=${string}`;

/** Output that shows an object rather than a row of a table. */
export type ObjectFormat = "yaml" | "json" | "name" | Template;

/** How objects are to be shown. */
export interface OutputFlags {
  readonly output?: ObjectFormat;
  /** Who set which field, too; in YAML and JSON it is left out otherwise. */
  readonly showManagedFields?: boolean;
}

const formatNames = ["json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "name", "yaml"];

/**
 * Reads `-o` where no table can be asked for. Of a `…-file=PATH` the program has made the inline form before.
 *
 * @param others formats that the caller reads by itself, to be named among those that there are
 * @throws UsageError on what is no format, or a template that cannot be read
 */
export function parseObjectFormat(text: string, others: readonly string[] = []): ObjectFormat {
  if (text === "yaml" || text === "json" || text === "name") return text;
  const [, form, template] = /^(jsonpath(?:-as-json)?)(?:=(.*))?$/s.exec(text) ?? [];
  if (form === undefined) {
    const detail = text.startsWith("go-template")
      ? "go-template is not supported; use jsonpath or custom-columns"
      : `allowed formats are: ${[...formatNames, ...others].sort().join(",")}`;
    throw new UsageError(`unable to match a printer suitable for the output format "${text}", ${detail}`);
  }
  if (template === undefined || template === "") {
    throw new UsageError("template format specified but no template given", `For example: -o ${form}={.metadata.name}`);
  }
  parseJsonPathTemplate(template);
  return text as Template;
}

/** Whether `-o` asks for objects, and not for a table. */
export function isObjectFormat(output: string | undefined): output is ObjectFormat {
  return output !== undefined && output !== "wide" && !output.startsWith("custom-columns");
}

/** Whether what is printed says itself where lines end. */
export function isTemplate(format: ObjectFormat): format is Template {
  return format.startsWith("jsonpath=");
}

/** Prints one object. */
export function formatObject(format: ObjectFormat, { kind, object }: KindObject, showManagedFields = false): string {
  if (format === "name") return qualifiedName(kind, object.metadata.name);
  return formatJson(format, objectToJson(kind, object), showManagedFields);
}

/** Prints one change, as `{"type": "ADDED", "object": …}`. */
export function formatWatchEvent(format: ObjectFormat, type: string, item: KindObject, showManagedFields = false): string {
  if (format === "name") return `${type.toUpperCase()} ${formatObject(format, item)}`;
  const object = shown(objectToJson(item.kind, item.object), format, showManagedFields);
  return formatJson(format, { type: type.toUpperCase(), object });
}

/** Prints several objects as one List, or as names. */
export function formatObjectList(format: ObjectFormat, items: readonly KindObject[], showManagedFields = false): string {
  if (format === "name") return items.map((item) => formatObject(format, item)).join("\n");
  const list = {
    apiVersion: "v1",
    items: items.map(({ kind, object }) => shown(objectToJson(kind, object), format, showManagedFields)),
    kind: "List",
    metadata: { resourceVersion: "" },
  };
  return formatJson(format, list);
}

/** Prints JSON that stands for an object, keys in order. */
export function formatJson(format: Exclude<ObjectFormat, "name">, json: JsonObject, showManagedFields = false): string {
  const visible = shown(json, format, showManagedFields);
  if (format === "yaml") return yamlText(visible);
  const sorted = sortKeys(visible);
  if (format === "json") return JSON.stringify(sorted, undefined, 4);
  const equals = format.indexOf("=");
  const template = parseJsonPathTemplate(format.slice(equals + 1));
  if (!format.startsWith("jsonpath-as-json=")) return template.text(sorted);
  return template
    .values(sorted)
    .map((values) => JSON.stringify(values, undefined, 4))
    .join("\n");
}

/** As kubectl: templates find out who set which field, what a person reads spares it. */
function shown(json: JsonObject, format: ObjectFormat, showManagedFields: boolean): JsonObject {
  return showManagedFields || (format !== "yaml" && format !== "json") ? json : withoutManagedFields(json);
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
