import type { Kind } from "../kinds/kind.js";
import type { ApiObject } from "../object.js";
import { schema } from "../schema/schema.js";

/**
 * Encodes an object. Equal objects give equal bytes: maps are written in key order, whatever order they were made in
 * (JavaScript itself puts integer-like keys first, in number order, always).
 */
export function encodeObject<T extends ApiObject>(kind: Kind<T>, object: T): Buffer {
  return Buffer.from(kind.message.encode(sortMaps(kind.typeName, object) as T).finish());
}

/** The same message with every map's keys sorted; parts that have no maps are shared with the original. */
export function sortMaps(typeName: string, message: unknown): unknown {
  const described = schema.message(typeName);
  if (!described.hasMaps || !isRecord(message)) return message;
  const sorted: Record<string, unknown> = { ...message };
  for (const { name, cardinality, message: inner } of described.fields) {
    const value = message[name];
    if (value === undefined) continue;
    if (cardinality === "map") {
      const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
      sorted[name] = Object.fromEntries(inner === undefined ? entries : entries.map(([key, item]) => [key, sortMaps(inner, item)]));
    } else if (inner !== undefined) {
      sorted[name] = cardinality === "list" ? (value as unknown[]).map((item) => sortMaps(inner, item)) : sortMaps(inner, value);
    }
  }
  return sorted;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
