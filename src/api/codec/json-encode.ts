import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { isZeroTime, type Json, type JsonObject, omittedWhenZero, valueCodecs } from "./json-values.js";

/** Kubernetes' JSON of a message, by its field rules; names are in alphabetical order, as kubectl prints them. */
export function encodeMessage(typeName: string, message: unknown): JsonObject {
  const members: [string, Json][] = [];
  collect(typeName, message as Record<string, unknown>, members);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function collect(typeName: string, message: Readonly<Record<string, unknown>>, members: [string, Json][]): void {
  for (const field of schema.message(typeName).fields) {
    const value = message[field.name];
    if (field.inline && field.message !== undefined) {
      collect(field.message, (value ?? {}) as Record<string, unknown>, members);
      continue;
    }
    const json = field.cardinality === "singular" ? singular(field, value) : plural(field, value);
    if (json !== undefined) members.push([field.jsonName, json]);
  }
}

function plural(field: FieldSchema, value: unknown): Json | undefined {
  const size = value === undefined ? 0 : Object.keys(value as object).length;
  // Kubernetes writes an absent list that it may not omit as null.
  if (size === 0) return field.omitEmpty ? undefined : null;
  if (field.cardinality === "list") return (value as unknown[]).map((item) => present(field, item));
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, present(field, item)]));
}

function singular(field: FieldSchema, value: unknown): Json | undefined {
  if (value === undefined || value === null) return absent(field);
  if (field.omitEmpty && !field.pointer && isZero(field, value)) return undefined;
  return present(field, value);
}

/** How a field that was not set appears: a struct that is not a pointer always does, a scalar unless it may be omitted. */
function absent(field: FieldSchema): Json | undefined {
  if (field.pointer) return undefined;
  if (field.message === undefined) return field.omitEmpty ? undefined : zero(field);
  if (omittedWhenZero.has(field.message)) return field.omitEmpty ? undefined : null;
  const codec = valueCodecs.get(field.message);
  if (codec !== undefined) return field.omitEmpty ? undefined : codec.format({} as never);
  return encodeMessage(field.message, {});
}

const zero = ({ type }: FieldSchema): Json => (type === "string" || type === "bytes" ? "" : type === "bool" ? false : 0);

function isZero({ message }: FieldSchema, value: unknown): boolean {
  if (message !== undefined) return omittedWhenZero.has(message) && isZeroTime(value as object);
  return value === "" || value === 0 || value === false || (value instanceof Uint8Array && value.length === 0);
}

function present(field: FieldSchema, value: unknown): Json {
  if (field.message !== undefined) {
    const codec = valueCodecs.get(field.message);
    return codec === undefined ? encodeMessage(field.message, value) : codec.format(value as never);
  }
  return field.type === "bytes" ? Buffer.from(value as Uint8Array).toString("base64") : (value as Json);
}
