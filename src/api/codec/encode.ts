import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Kind } from "../kinds/kind.js";
import type { ApiObject } from "../object.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";

/** One for all, since it keeps its buffer: a new one grows from nothing with every object. */
let writer = new BinaryWriter();

/**
 * Encodes an object. Equal objects give equal bytes: maps are written in key order, whatever order they were made in
 * (JavaScript itself puts integer-like keys first, in number order, always).
 */
export function encodeObject<T extends ApiObject>(kind: Kind<T>, object: T): Buffer {
  const sorted = sortMaps(kind.typeName, object) as T;
  try {
    const { buffer, byteOffset, byteLength } = kind.message.encode(sorted, writer).finish();
    return Buffer.from(buffer, byteOffset, byteLength);
  } catch (error: unknown) {
    // It may hold half an object.
    writer = new BinaryWriter();
    throw error;
  }
}

/** The same message with every map's keys sorted; parts whose maps are sorted already are shared with the original. */
export function sortMaps(typeName: string, message: unknown): unknown {
  const { mapFields } = schema.message(typeName);
  if (mapFields.length === 0 || !isRecord(message)) return message;
  let sorted: Record<string, unknown> | undefined;
  for (const field of mapFields) {
    const value = message[field.name];
    if (value === undefined) continue;
    const changed = sortField(field, value);
    if (changed === value) continue;
    sorted ??= { ...message };
    sorted[field.name] = changed;
  }
  return sorted ?? message;
}

function sortField({ cardinality, message: inner }: FieldSchema, value: unknown): unknown {
  if (cardinality === "map") return sortMap(inner, value as Readonly<Record<string, unknown>>);
  if (inner === undefined) return value;
  return cardinality === "list" ? mapIfChanged(value as readonly unknown[], (item) => sortMaps(inner, item)) : sortMaps(inner, value);
}

function sortMap(inner: string | undefined, map: Readonly<Record<string, unknown>>): unknown {
  const keys = Object.keys(map);
  if (keys.length === 0) return map;
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") < key);
  if (isSorted && inner === undefined) return map;
  const values = inner === undefined ? keys.map((key) => map[key]) : keys.map((key) => sortMaps(inner, map[key]));
  if (isSorted && keys.every((key, index) => values[index] === map[key])) return map;
  const entries = keys.map((key, index): [string, unknown] => [key, values[index]]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mapIfChanged(items: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  if (items.length === 0) return items;
  const changed = items.map(change);
  return changed.every((item, index) => item === items[index]) ? items : changed;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
