import { isUtf8 } from "node:buffer";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { Time } from "../../gen/howbernetes/meta/v1/values.js";
import { badRequest, isApiError } from "../errors.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { isRepresentable } from "../values/time.js";
import { checkJsonDepth } from "./json-depth.js";
import { rawJsonMessages } from "./json-values.js";

const maxDepth = 64;

/**
 * Refuses what ts-proto would drop or bend without a word: field numbers that the message does not have, text that is
 * not UTF-8, a wire type that is not the field's, a message that occurs twice where one is allowed, bytes that are to be
 * JSON and are not, times that no calendar has.
 *
 * @throws ApiError BadRequest with the path
 */
export function checkWire(typeName: string, bytes: Uint8Array): void {
  try {
    checkMessage(typeName, bytes, "", 0);
  } catch (error) {
    if (isApiError(error)) throw error;
    if (error instanceof WireError) throw badRequest(`the object provided is unreadable: ${error.message}`);
    // The reader itself throws plain errors on truncated or malformed input.
    throw badRequest(
      `the object provided is unreadable: it is no valid protobuf: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

class WireError extends Error {
  override readonly name = "WireError";
}

function checkMessage(typeName: string, bytes: Uint8Array, path: string, depth: number): void {
  if (depth > maxDepth) throw new WireError(`${path}: nested too deeply`);
  const { byNumber } = schema.message(typeName);
  if (timeMessages.has(typeName)) checkTime(bytes, path);
  const reader = new BinaryReader(bytes);
  const seen = new Set<number>();
  const isRawJson = rawJsonMessages.has(typeName);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = byNumber.get(number);
    if (field === undefined) throw new WireError(`${path === "" ? typeName : path}: unknown field number ${number}`);
    const fieldPath = path === "" ? field.name : `${path}.${field.name}`;
    if (field.cardinality === "singular" && field.type === "message" && seen.has(number)) throw new WireError(`${fieldPath}: occurs twice`);
    seen.add(number);
    checkField(field, { reader, wireType, path: fieldPath, depth, isRawJson });
  }
}

const timeMessages: ReadonlySet<string> = new Set(["howbernetes.meta.v1.Time", "howbernetes.meta.v1.MicroTime"]);

/** Times outside of the years 0 to 9999 have no form in JSON. The fields of both messages have the same numbers. */
function checkTime(bytes: Uint8Array, path: string): void {
  if (!isRepresentable(Time.decode(bytes))) throw new WireError(`${path}: a time outside of the years 0 to 9999`);
}

interface Position {
  readonly reader: BinaryReader;
  readonly wireType: WireType;
  readonly path: string;
  readonly depth: number;
  /** Its bytes are JSON. */
  readonly isRawJson: boolean;
}

function checkField(field: FieldSchema, at: Position): void {
  const { reader, wireType, path, depth } = at;
  const packed = field.cardinality === "list" && wireType === WireType.LengthDelimited;
  const expected = isLengthDelimited(field) ? WireType.LengthDelimited : WireType.Varint;
  if (wireType !== expected && !packed) throw new WireError(`${path}: wire type ${wireType} where ${expected} was expected`);
  if (!isLengthDelimited(field)) {
    reader.skip(wireType);
    return;
  }
  const content = reader.bytes();
  if (field.cardinality === "map") checkMapEntry(field, content, at);
  else if (field.message !== undefined) checkMessage(field.message, content, path, depth + 1);
  else if (field.type === "string" && !isUtf8(content)) throw new WireError(`${path}: not UTF-8`);
  else if (at.isRawJson) checkRawJson(content, path);
}

function checkRawJson(content: Uint8Array, path: string): void {
  if (content.length === 0) return;
  if (!isUtf8(content)) throw new WireError(`${path}: not UTF-8`);
  const text = Buffer.from(content).toString("utf8");
  checkJsonDepth(text);
  try {
    JSON.parse(text);
  } catch (error: unknown) {
    throw new WireError(`${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const isLengthDelimited = ({ type, cardinality }: FieldSchema): boolean =>
  cardinality === "map" || type === "message" || type === "string" || type === "bytes";

const keyNumber = 1;
const valueNumber = 2;

function checkMapEntry(field: FieldSchema, entry: Uint8Array, { path, depth }: Position): void {
  const reader = new BinaryReader(entry);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number !== keyNumber && number !== valueNumber) throw new WireError(`${path}: unknown field number ${number} in a map entry`);
    if (wireType !== WireType.LengthDelimited) throw new WireError(`${path}: wire type ${wireType} in a map entry`);
    const content = reader.bytes();
    if (number === valueNumber && field.message !== undefined) checkMessage(field.message, content, path, depth + 1);
    else if ((number === keyNumber || field.type === "string") && !isUtf8(content)) throw new WireError(`${path}: not UTF-8`);
    if (number === keyNumber && Buffer.from(content).toString() === "__proto__")
      throw new WireError(`${path}[__proto__]: is not allowed as a key`);
  }
}
