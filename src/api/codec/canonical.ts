import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { type Json, omittedWhenZero, type ValueCodec, valueCodecs } from "./json-values.js";
import { complete, emptyMessage } from "./whole.js";

type Message = Record<string, unknown>;
/** What becomes of a value that has a JSON form of its own. */
type Settle = (value: unknown, codec: ValueCodec) => unknown;

const asItIs: Settle = (value) => value;

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
  canonicalizeFields(typeName, message as Message, asItIs);
}

/**
 * As `canonicalizeObject`, of an object that was decoded from what a stranger sent: quantities, times and the like are
 * checked, and brought into their one form too.
 * @returns whether all of it is valid; what is wrong, and where, a trip through JSON tells
 */
export function canonicalizeSent<T extends ApiObject>(kind: Kind<T>, sent: T): boolean {
  try {
    canonicalizeFields(kind.typeName, sent as Message, throughJson);
    return true;
  } catch (error: unknown) {
    if (error instanceof UnsettledError) return false;
    throw error;
  }
}

class UnsettledError extends Error {
  override readonly name = "UnsettledError";
}

const throughJson: Settle = (value, codec) => {
  const json: Json = codec.format(value as never);
  if (json === null) return undefined;
  const settled = codec.parse(json);
  if (settled === undefined) throw new UnsettledError();
  return settled;
};

function canonicalizeFields(typeName: string, draft: Message, settle: Settle): void {
  for (const field of schema.message(typeName).fields) {
    if (field.cardinality === "singular") draft[field.name] = canonicalValue(field, draft[field.name], settle);
    else canonicalizeItems(field, draft[field.name] as Message | undefined, settle);
  }
}

function canonicalizeItems({ message }: FieldSchema, items: Message | undefined, settle: Settle): void {
  if (message === undefined || items === undefined) return;
  const codec = valueCodecs.get(message);
  if (codec === undefined) {
    for (const item of Object.values(items)) canonicalizeFields(message, item as Message, settle);
    return;
  }
  for (const [key, item] of Object.entries(items)) {
    items[key] = settle(item, codec);
    // What such an item means depends on what holds it.
    if (items[key] === undefined) throw new UnsettledError();
  }
}

function canonicalValue(field: FieldSchema, value: unknown, settle: Settle): unknown {
  if (field.message === undefined) return canonicalScalar(field, value);
  const codec = valueCodecs.get(field.message);
  if (codec !== undefined) return value === undefined ? absentValue(field, field.message) : settle(value, codec);
  if (value === undefined && field.pointer) return undefined;
  const struct = (value ?? emptyMessage(field.message)) as Message;
  canonicalizeFields(field.message, struct, settle);
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
