import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { type Json, omittedWhenZero, valueCodecs } from "./json-values.js";
import { complete, emptyMessage } from "./whole.js";

type Message = Record<string, unknown>;

/** As `canonicalize`, of a whole object. */
export function canonicalizeObject<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>): void {
  canonicalize(kind.typeName, draft);
  complete(kind, draft as unknown as T);
}

/**
 * Gives a message the one form that it has after a trip through JSON, in place. Protobuf leaves open whether an empty
 * struct or a zero is there or not; for Kubernetes, unless the field is a pointer, that is the same. Were both forms
 * stored, a write that passes through JSON, as every patch does, would seem to change what it does not touch.
 */
export function canonicalize(typeName: string, message: object): void {
  const draft = message as Message;
  for (const field of schema.message(typeName).fields) {
    if (field.cardinality === "singular") draft[field.name] = canonicalValue(field, draft[field.name]);
    else canonicalizeItems(field, draft[field.name]);
  }
}

function canonicalizeItems({ message }: FieldSchema, items: unknown): void {
  if (message === undefined || items === undefined || valueCodecs.has(message)) return;
  for (const item of Object.values(items as object)) canonicalize(message, item as Message);
}

function canonicalValue(field: FieldSchema, value: unknown): unknown {
  if (field.message === undefined) return canonicalScalar(field, value);
  if (valueCodecs.has(field.message)) return value ?? absentValue(field, field.message);
  if (value === undefined && field.pointer) return undefined;
  const struct = (value ?? emptyMessage(field.message)) as Message;
  canonicalize(field.message, struct);
  return struct;
}

function canonicalScalar({ pointer, omitEmpty, type }: FieldSchema, value: unknown): unknown {
  if (pointer) return value;
  const isZero =
    value === undefined || value === "" || value === 0 || value === false || (value instanceof Uint8Array && value.length === 0);
  if (!isZero) return value;
  if (omitEmpty) return undefined;
  return type === "string" ? "" : type === "bool" ? false : type === "bytes" ? Buffer.alloc(0) : 0;
}

function absentValue({ pointer, omitEmpty }: FieldSchema, message: string): unknown {
  const codec = valueCodecs.get(message);
  if (pointer || omitEmpty || codec === undefined || omittedWhenZero.has(message)) return undefined;
  const json: Json = codec.format({} as never);
  return json === null ? undefined : codec.parse(json);
}
