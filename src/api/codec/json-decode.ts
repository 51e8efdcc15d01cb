import type { FieldError } from "../errors.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import type { Json, JsonObject } from "./json-values.js";
import { valueCodecs } from "./json-values.js";
import { emptyMessage } from "./whole.js";

/** What became of a JSON object. */
export interface DecodedMessage {
  readonly message: Record<string, unknown>;
  /** Values of a wrong type. */
  readonly errors: FieldError[];
  /** Paths of names that the message does not have. */
  readonly unknown: string[];
}

interface Problems {
  readonly errors: FieldError[];
  readonly unknown: string[];
}

/** Decodes a JSON object into a message of ts-proto's shape; goes on after errors, so that all are found. */
export function decodeMessage(typeName: string, value: JsonObject, path: string): DecodedMessage {
  const problems: Problems = { errors: [], unknown: [] };
  return { message: readMessage(typeName, value, path, problems), ...problems };
}

function readMessage(typeName: string, value: JsonObject, path: string, problems: Problems): Record<string, unknown> {
  const { byJsonName } = schema.message(typeName);
  const message = emptyMessage(typeName);
  for (const [name, item] of Object.entries(value)) {
    const fieldPath = path === "" ? name : `${path}.${name}`;
    const found = byJsonName.get(name);
    if (found === undefined) {
      problems.unknown.push(fieldPath);
      continue;
    }
    if (item === null) continue;
    const read = readField(found.field, item, fieldPath, problems);
    if (read !== undefined) holderOf(message, typeName, found.through)[found.field.name] = read;
  }
  return message;
}

/** The message that holds a field: the outer one, or one of those inlined in it, made when first needed. */
function holderOf(message: Record<string, unknown>, typeName: string, through: readonly string[]): Record<string, unknown> {
  let holder = message;
  let holderType = typeName;
  for (const name of through) {
    holderType = schema.message(holderType).fields.find((field) => field.name === name)?.message ?? holderType;
    const inner = (holder[name] ?? emptyMessage(holderType)) as Record<string, unknown>;
    holder[name] = inner;
    holder = inner;
  }
  return holder;
}

function readField(field: FieldSchema, value: Json, path: string, problems: Problems): unknown {
  if (field.cardinality === "list") {
    if (!Array.isArray(value)) return mismatch(value, "an array", path, problems);
    return value.map((item: Json, index) => readItem(field, item, `${path}[${index}]`, problems)).filter((item) => item !== undefined);
  }
  if (field.cardinality === "map") return readMap(field, value, path, problems);
  return readItem(field, value, path, problems);
}

function readMap(field: FieldSchema, value: Json, path: string, problems: Problems): unknown {
  if (!isObject(value)) return mismatch(value, "an object", path, problems);
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const itemPath = `${path}[${key}]`;
    // ts-proto's maps are plain objects, in which this one name cannot be a key.
    if (key === "__proto__")
      problems.errors.push({ path: itemPath, reason: "FieldValueInvalid", message: 'Invalid value: "__proto__": is not allowed as a key' });
    const read = item === null ? zeroOf(field) : readItem(field, item, itemPath, problems);
    if (read !== undefined) entries.push([key, read]);
  }
  return Object.fromEntries(entries);
}

function zeroOf(field: FieldSchema): unknown {
  return field.message === undefined ? scalarZero(field.type) : emptyMessage(field.message);
}

const scalarZero = (type: FieldSchema["type"]): unknown =>
  type === "string" ? "" : type === "bool" ? false : type === "bytes" ? Buffer.alloc(0) : 0;

function readItem(field: FieldSchema, value: Json, path: string, problems: Problems): unknown {
  if (field.message !== undefined) return readMessageValue(field.message, value, path, problems);
  switch (field.type) {
    case "string":
      return typeof value === "string" ? value : mismatch(value, "a string", path, problems);
    case "bool":
      return typeof value === "boolean" ? value : mismatch(value, "a boolean", path, problems);
    case "bytes":
      return typeof value === "string" && isBase64(value) ? Buffer.from(value, "base64") : refuse("must be base64 text", path, problems);
    case "int32":
      return isInteger(value, 2 ** 31) ? value : mismatch(value, "an integer of 32 bits", path, problems);
    default:
      return isInteger(value, 2 ** 53) ? value : mismatch(value, "an integer", path, problems);
  }
}

function readMessageValue(typeName: string, value: Json, path: string, problems: Problems): unknown {
  const codec = valueCodecs.get(typeName);
  if (codec !== undefined) return codec.parse(value) ?? mismatch(value, codec.expected, path, problems);
  if (value === null) return emptyMessage(typeName);
  return isObject(value) ? readMessage(typeName, value, path, problems) : mismatch(value, "an object", path, problems);
}

function mismatch(value: Json, expected: string, path: string, problems: Problems): undefined {
  const shown = JSON.stringify(value);
  const text = shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
  return refuse(`${text}: must be ${expected}`, path, problems);
}

/** Without the value, which may be a secret that was written as it is. */
function refuse(detail: string, path: string, problems: Problems): undefined {
  problems.errors.push({ path, reason: "FieldValueTypeInvalid", message: `Invalid value: ${detail}` });
  return undefined;
}

const isInteger = (value: Json, bound: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= -bound && value < bound;
const isBase64 = (text: string): boolean => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
