import { isJsonObject } from "../codec/json.js";
import type { Json } from "../codec/json-values.js";
import { type ItemValue, keyElement, valueElement } from "./path-element.js";
import { keyDefault, type Structure } from "./structure.js";

/** The element that names an item of a set or a keyed list. @throws SyntaxError when the item can't be named */
export function itemElement(structure: Structure, item: Json): string {
  if (structure.type !== "list") {
    if (isItemValue(item)) return valueElement(item);
    throw new SyntaxError("a set may hold scalars only");
  }
  if (!isJsonObject(item)) throw new SyntaxError("associative list with keys may not have non-map elements");
  return keyElement(structure.keys.map((key) => [key, keyOf(structure.message, key, item[key])] as const));
}

function keyOf(message: string, key: string, value: Json | undefined): ItemValue {
  if (isItemValue(value)) return value;
  const fallback = keyDefault(message, key);
  if (fallback !== undefined) return fallback;
  const text = `associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`;
  throw new SyntaxError(text);
}

function isItemValue(value: Json | undefined): value is ItemValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
