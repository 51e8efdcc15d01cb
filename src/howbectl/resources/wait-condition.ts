import { objectToJson } from "../../api/codec/json.js";
import type { Json } from "../../api/codec/json-values.js";
import { isObject, listAt, objectAt, stringAt } from "../manifests/json-fields.js";
import type { KindObject } from "../printers/object-format.js";
import { UsageError } from "../usage-error.js";
import { jsonPathText, parseJsonPath } from "./json-path.js";

/** What `wait --for` waits for. */
export type WaitCondition =
  | { readonly type: "create" }
  | { readonly type: "delete" }
  | { readonly type: "state"; holds(item: KindObject): boolean };

/**
 * Reads `create`, `delete`, `condition=NAME[=VALUE]` or `jsonpath={…}[=VALUE]`.
 *
 * @throws UsageError on anything else
 */
export function parseWaitCondition(text: string): WaitCondition {
  if (text.toLowerCase() === "create") return { type: "create" };
  if (text.toLowerCase() === "delete") return { type: "delete" };
  const equals = text.indexOf("=");
  const [form, rest] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
  if (form === "condition") {
    const [name = "", value = "true"] = rest.split("=");
    return { type: "state", holds: (item) => conditionHolds(item, name, value) };
  }
  if (form === "jsonpath") return jsonPathCondition(rest);
  throw new UsageError(`unrecognized condition: "${text}"`);
}

function jsonPathCondition(text: string): WaitCondition {
  const [, braced = "", bare, wanted] = /^['"]?(?:(\{.*\})|([^=]*))['"]?(?:=(.*))?$/s.exec(text) ?? [];
  const find = parseJsonPath(braced === "" ? (bare ?? "") : braced);
  const value = wanted?.replace(/^(['"])(.*)\1$/s, "$2");
  return {
    type: "state",
    holds: ({ kind, object }) => {
      const found = find(objectToJson(kind, object));
      return value === undefined ? found.length > 0 : found.length === 1 && jsonPathText(found[0]) === value;
    },
  };
}

/** A condition that was observed for an older generation says nothing about the present one. */
function conditionHolds({ kind, object }: KindObject, name: string, value: string): boolean {
  const json = objectToJson(kind, object);
  const status = objectAt(json, "status");
  const condition = listAt(status, "conditions").find((candidate) => equalFold(stringAt(candidate, "type"), name));
  if (!isObject(condition)) return false;
  const observed = condition.observedGeneration ?? status.observedGeneration;
  const { generation } = objectAt(json, "metadata");
  if (typeof observed === "number" && typeof generation === "number" && observed < generation) return false;
  return equalFold(condition.status, value);
}

function equalFold(left: Json | undefined, right: string): boolean {
  return typeof left === "string" && left.toLowerCase() === right.toLowerCase();
}
