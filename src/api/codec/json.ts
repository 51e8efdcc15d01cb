import { badRequest, type FieldError } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import type { ApiObject } from "../object.js";
import { decodeMessage } from "./json-decode.js";
import { checkJsonDepth } from "./json-depth.js";
import { encodeMessage } from "./json-encode.js";
import type { Json, JsonObject } from "./json-values.js";
import { findMisplacedNames } from "./misplaced-names.js";

/** What decoding JSON gave. */
export interface JsonDecoded<T> {
  /** What could be read. */
  readonly object: T;
  /** Values of a wrong type; with any, the object is incomplete and must not be used. */
  readonly errors: readonly FieldError[];
  /** As `unknown field "spec.foo"` and `duplicate field "spec.replicas"`: for fieldValidation to judge. */
  readonly strictErrors: readonly string[];
}

/** "v1" or "apps/v1". */
export function apiVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** Parses JSON text. @throws ApiError BadRequest when it is none, is no object, or is nested too deeply */
export function parseJsonObject(text: string): JsonObject {
  checkJsonDepth(text);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(`the object provided is unreadable: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJsonObject(value)) throw badRequest("the object provided is unreadable: a JSON object was expected");
  return value;
}

/**
 * Decodes an object of a kind from JSON: text, which is also searched for duplicate names, or a parsed value.
 * All that is wrong is reported at once. `apiVersion` and `kind` are for the caller to check.
 *
 * @throws ApiError BadRequest when it is not JSON
 */
export function objectFromJson<T extends ApiObject>(kind: Kind<T>, json: string | Uint8Array | JsonObject): JsonDecoded<T> {
  const text = typeof json === "string" ? json : json instanceof Uint8Array ? Buffer.from(json).toString("utf8") : undefined;
  const value = text === undefined ? (json as JsonObject) : parseJsonObject(text);
  const { apiVersion: _apiVersion, kind: _kind, ...fields } = value;
  const decoded = decodeMessage(kind.typeName, fields, "");
  return {
    object: decoded.message as T,
    errors: decoded.errors,
    strictErrors: strictErrorsOf(text, decoded.unknown),
  };
}

/** In the order of the text where there is one. */
function strictErrorsOf(text: string | undefined, unknown: readonly string[]): readonly string[] {
  const misplaced = text === undefined ? unknown.map((path) => ({ path, problem: "unknown" })) : findMisplacedNames(text, new Set(unknown));
  return misplaced.map(({ path, problem }) => `${problem} field ${JSON.stringify(path)}`);
}

/** Kubernetes' JSON of an object: apiVersion and kind first, then its fields by name. */
export function objectToJson<T extends ApiObject>(kind: Kind<T>, object: T): JsonObject {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...encodeMessage(kind.typeName, object) };
}

/** Kubernetes' JSON of any message. */
export function messageToJson(typeName: string, message: unknown): JsonObject {
  return encodeMessage(typeName, message);
}

/** Decodes any message from a parsed JSON value. */
export function messageFromJson(
  typeName: string,
  value: JsonObject,
): { readonly message: unknown; readonly errors: readonly FieldError[]; readonly unknown: readonly string[] } {
  return decodeMessage(typeName, value, "");
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
