import { isJsonObject } from "../codec/json.js";
import type { Json, JsonObject } from "../codec/json-values.js";
import { schema } from "../schema/schema.js";
import { type FieldSet, FieldSetBuilder } from "./field-set.js";
import { itemElement } from "./json-items.js";
import { fieldElement, formatPath } from "./path-element.js";
import { isAtomicMessage, type Structure, structureOf } from "./structure.js";

/**
 * The fields that an object's JSON mentions: leaves, items, and empty or null containers; not the structs and lists on
 * the way to them, which nobody owns for having set something in them.
 * @throws SyntaxError when an item of a list can't be told from others
 */
export function fieldsOf(typeName: string, json: JsonObject): FieldSet {
  const builder = new FieldSetBuilder();
  collectStruct({ builder, path: [] }, typeName, json);
  return builder.set;
}

interface Collection {
  readonly builder: FieldSetBuilder;
  readonly path: string[];
}

function collectStruct(into: Collection, typeName: string, json: JsonObject): void {
  const { byJsonName } = schema.message(typeName);
  for (const [name, value] of Object.entries(json)) {
    const field = byJsonName.get(name)?.field;
    if (field === undefined) continue;
    into.path.push(fieldElement(name));
    collectValue(into, structureOf(field), value);
    into.path.pop();
  }
}

function collectValue(into: Collection, structure: Structure, value: Json): void {
  const isFilled = isJsonObject(value) && Object.keys(value).length > 0;
  if (structure.type === "struct" && isFilled) collectStruct(into, structure.message, value);
  else if (structure.type === "map" && isFilled) collectMap(into, structure.message, value);
  else if ((structure.type === "set" || structure.type === "list") && Array.isArray(value)) collectItems(into, structure, value);
  else into.builder.add(into.path);
}

function collectMap(into: Collection, message: string | undefined, json: JsonObject): void {
  for (const [key, value] of Object.entries(json)) {
    into.path.push(fieldElement(key));
    into.builder.add(into.path);
    if (message !== undefined && isJsonObject(value)) collectStruct(into, message, value);
    into.path.pop();
  }
}

function collectItems(into: Collection, structure: Structure, list: readonly Json[]): void {
  const seen = new Set<string>();
  for (const [at, item] of list.entries()) {
    const element = elementOf(structure, item, `${formatPath(into.path)}: element ${at}: `);
    if (seen.has(element)) throw new SyntaxError(`${formatPath(into.path)}: duplicate entries for key ${formatPath([element])}`);
    seen.add(element);
    into.path.push(element);
    into.builder.add(into.path);
    if (structure.type === "list" && isJsonObject(item) && !isAtomicMessage(structure.message))
      collectStruct(into, structure.message, item);
    into.path.pop();
  }
}

function elementOf(structure: Structure, item: Json, place: string): string {
  try {
    return itemElement(structure, item);
  } catch (error: unknown) {
    throw error instanceof SyntaxError ? new SyntaxError(place + error.message) : error;
  }
}
