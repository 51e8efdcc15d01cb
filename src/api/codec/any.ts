import type { Any } from "../../gen/google/protobuf/any.js";
import { badRequest } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { encodeObject } from "./encode.js";
import { decodeWhole } from "./whole.js";

const urlPrefix = "type.googleapis.com/";

/** The type URL of a message by its full name. */
export function typeUrl(typeName: string): string {
  return urlPrefix + typeName;
}

/** Wraps an object. */
export function packAny<T extends ApiObject>(kind: Kind<T>, object: T): Any {
  return packAnyBytes(kind, encodeObject(kind, object));
}

/** Wraps an object that is encoded already; the bytes are shared, not copied. */
export function packAnyBytes(kind: Kind, bytes: Uint8Array): Any {
  const value = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type_url: typeUrl(kind.typeName), value };
}

/** Unwraps an object of a kind. @throws ApiError BadRequest when it is of another */
export function unpackAny<T extends ApiObject>(kind: Kind<T>, any: Any | undefined): Whole<T> {
  if (any === undefined) throw badRequest(`an object of kind ${kind.kind} was expected, and none was sent`);
  if (any.type_url !== typeUrl(kind.typeName)) throw badRequest(`${any.type_url} was sent where ${typeUrl(kind.typeName)} was expected`);
  return decodeWhole(kind, any.value);
}
