import { isJsonObject } from "../codec/json.js";
import type { Json, JsonObject } from "../codec/json-values.js";
import { schema } from "../schema/schema.js";
import type { FieldNode, FieldSet } from "./field-set.js";
import { itemElement } from "./json-items.js";
import { fieldElement } from "./path-element.js";
import { isAtomicMessage, type Structure, structureOf } from "./structure.js";

/** An object's JSON without the members of a set, each with all that is in it. A container that this empties stays. */
export function removeFields(typeName: string, json: JsonObject, fields: FieldSet): JsonObject {
  return removeFromStruct(typeName, json, fields);
}

/**
 * The set, and the struct fields on the way to its members. To have set a field of a struct is to have wanted the
 * struct, which no set says; with this a struct goes when the last of its fields' owners lets go of them.
 */
export function withStructs(typeName: string, fields: FieldSet): FieldSet {
  const result = new Map<string, FieldNode>();
  const { byJsonName } = schema.message(typeName);
  for (const [element, { isMember, below }] of fields) {
    const field = element.startsWith("f:") ? byJsonName.get(element.slice(2))?.field : undefined;
    const inner = field === undefined ? below : withStructsInside(structureOf(field), below);
    result.set(element, { isMember: isMember || field !== undefined, below: inner });
  }
  return result;
}

function withStructsInside(structure: Structure, fields: FieldSet): FieldSet {
  switch (structure.type) {
    case "leaf":
    case "set":
      return fields;
    case "struct":
      return withStructs(structure.message, fields);
    case "map":
    case "list": {
      const { message } = structure;
      if (message === undefined || isAtomicMessage(message)) return fields;
      return new Map([...fields].map(([element, { isMember, below }]) => [element, { isMember, below: withStructs(message, below) }]));
    }
  }
}

function removeFromStruct(typeName: string, json: JsonObject, fields: FieldSet): JsonObject {
  const { byJsonName } = schema.message(typeName);
  return removeFromObject(json, fields, (name, value, below) => {
    const field = byJsonName.get(name)?.field;
    return field === undefined ? value : removeInside(structureOf(field), value, below);
  });
}

function removeInside(structure: Structure, value: Json, fields: FieldSet): Json {
  switch (structure.type) {
    case "leaf":
      return value;
    case "struct":
      return isJsonObject(value) ? removeFromStruct(structure.message, value, fields) : value;
    case "map": {
      const { message } = structure;
      if (!isJsonObject(value)) return value;
      return removeFromObject(value, fields, (_key, item, below) =>
        message !== undefined && isJsonObject(item) ? removeFromStruct(message, item, below) : item,
      );
    }
    case "set":
    case "list":
      return Array.isArray(value) ? removeFromList(structure, value, fields) : value;
  }
}

function removeFromObject(json: JsonObject, fields: FieldSet, inside: (name: string, value: Json, below: FieldSet) => Json): JsonObject {
  const kept: [string, Json][] = [];
  for (const [name, value] of Object.entries(json)) {
    const node = fields.get(fieldElement(name));
    if (node?.isMember === true) continue;
    kept.push([name, node === undefined ? value : inside(name, value, node.below)]);
  }
  return Object.fromEntries(kept);
}

function removeFromList(structure: Structure, list: readonly Json[], fields: FieldSet): Json {
  const kept: Json[] = [];
  for (const item of list) {
    const node = fields.get(itemElement(structure, item));
    if (node?.isMember === true) continue;
    const isStruct = node !== undefined && structure.type === "list" && isJsonObject(item) && !isAtomicMessage(structure.message);
    kept.push(isStruct ? removeFromStruct(structure.message, item, node.below) : item);
  }
  return kept;
}
