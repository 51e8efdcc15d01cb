import { typeUrl, unpackAny } from "../../api/codec/any.js";
import { apiVersionOf, objectFromJson, objectToJson, parseJsonObject } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { complete } from "../../api/codec/whole.js";
import { checkWire } from "../../api/codec/wire-check.js";
import { badRequest, type FieldError, tooLarge } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import { FieldValidation, type ObjectBody } from "../../gen/howbernetes/api/v1/resources.js";

/** What a request's body says. */
export interface Body<T extends ApiObject> {
  readonly object: Whole<T>;
  /** For the user's eyes. */
  readonly warnings: readonly string[];
}

// JSON is wordier than what is stored, of which a megabyte is taken.
const maxJsonBytes = 3 * 1024 * 1024;

/** Decodes a body. @throws ApiError BadRequest with every error at once */
export function decodeBody<T extends ApiObject>(kind: Kind<T>, body: ObjectBody | undefined, validation: FieldValidation): Body<T> {
  const content = body?.body;
  switch (content?.$case) {
    case "object":
      return { object: decodeEncoded(kind, content.value), warnings: [] };
    case "json":
      if (content.value.length > maxJsonBytes) throw tooLarge(`the object provided is too large: ${content.value.length} bytes of JSON`);
      return decodeJson(kind, content.value, validation);
    default:
      throw badRequest("the request carries no object");
  }
}

/** Decodes JSON: text as a user wrote it, or what a patch made. @throws ApiError BadRequest */
export function decodeJson<T extends ApiObject>(kind: Kind<T>, json: Buffer | JsonObject, validation: FieldValidation): Body<T> {
  checkType(kind, Buffer.isBuffer(json) ? parseJsonObject(json.toString("utf8")) : json);
  const { object, errors, strictErrors } = objectFromJson(kind, json);
  if (errors.length > 0) throw unreadable(kind, errors.map(({ path, message }) => `${path}: ${message}`).join(", "), errors);
  const warnings = judge(kind, strictErrors, validation);
  return { object: complete(kind, object), warnings };
}

/**
 * Decodes an encoded object into the very form that JSON would have given it. Protobuf leaves open whether an empty part
 * is there or not; were both forms stored, a change that passes through JSON, as every patch does, would seem to differ.
 */
function decodeEncoded<T extends ApiObject>(kind: Kind<T>, any: Any): Whole<T> {
  // The type is looked at first: of another type's bytes the check would say nothing useful.
  if (any.type_url === typeUrl(kind.typeName)) checkWire(kind.typeName, any.value);
  const { object, errors } = objectFromJson(kind, objectToJson(kind, unpackAny(kind, any) as unknown as T));
  if (errors.length > 0) throw unreadable(kind, errors.map(({ path, message }) => `${path}: ${message}`).join(", "), errors);
  return complete(kind, object);
}

/** What becomes of names that the kind does not have. @returns warnings */
function judge(kind: Pick<Kind, "kind" | "version">, strictErrors: readonly string[], validation: FieldValidation): readonly string[] {
  if (strictErrors.length === 0 || validation === FieldValidation.IGNORE) return [];
  if (validation === FieldValidation.WARN) return strictErrors;
  throw unreadable(kind, `strict decoding error: ${strictErrors.join(", ")}`, []);
}

function checkType(kind: Pick<Kind, "kind" | "group" | "version">, { apiVersion, kind: kindName }: JsonObject): void {
  const expected = apiVersionOf(kind);
  if (apiVersion !== undefined && apiVersion !== "" && apiVersion !== expected) {
    throw badRequest(`the API version in the data (${shown(apiVersion)}) does not match the expected API version (${expected})`);
  }
  if (kindName !== undefined && kindName !== "" && kindName !== kind.kind) {
    throw badRequest(`the kind in the data (${shown(kindName)}) does not match the expected kind (${kind.kind})`);
  }
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 100);

function unreadable(kind: Pick<Kind, "kind" | "version">, text: string, causes: readonly FieldError[]): Error {
  return badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${text}`, causes);
}
