import { typeUrl, unpackAny } from "../../api/codec/any.js";
import { canonicalizeSent } from "../../api/codec/canonical.js";
import { apiVersionOf, objectFromJson, objectToJson, parseJsonObject } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { complete } from "../../api/codec/whole.js";
import { checkWire } from "../../api/codec/wire-check.js";
import { badRequest, type FieldError, invalid, tooLarge } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { withOwnersReset } from "../../api/managed-fields/sent-entries.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { invalidField } from "../../api/validation/field-error.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import { FieldValidation, type ObjectBody } from "../../gen/howbernetes/api/v1/resources.js";
import { contentSubjectOf } from "../objects/subject.js";

/** What a request's body says. */
export interface Body<T extends ApiObject> {
  readonly object: Whole<T>;
  /** For the user's eyes. */
  readonly warnings: readonly string[];
}

/** What a patch has made. */
export interface PatchedJson {
  readonly json: JsonObject;
  /** Name of the object that was patched. */
  readonly name: string;
  /** The patch's own, found before it was applied. */
  readonly strictErrors: readonly string[];
  readonly validation: FieldValidation;
}

// JSON is wordier than what is stored, of which a megabyte is taken.
const maxJsonBytes = 3 * 1024 * 1024;
// Enough for anyone to see what is wrong; a request may carry hundreds of thousands.
const maxStrictErrors = 100;

/** Decodes a body. @throws ApiError BadRequest with every error at once */
export function decodeBody<T extends ApiObject>(kind: Kind<T>, body: ObjectBody | undefined, validation: FieldValidation): Body<T> {
  const content = body?.body;
  switch (content?.$case) {
    case "object":
      return { object: decodeEncoded(kind, content.value), warnings: [] };
    case "json":
      if (content.value.length > maxJsonBytes)
        throw tooLarge(`the object provided is too large: ${content.value.length} bytes of JSON of at most ${maxJsonBytes}`);
      return decodeJson(kind, content.value, validation);
    default:
      throw badRequest("the request carries no object");
  }
}

/** Decodes the JSON that a patch has made. @throws ApiError BadRequest, Invalid with every error at once */
export function decodePatched<T extends ApiObject>(kind: Kind<T>, { json, name, strictErrors, validation }: PatchedJson): Body<T> {
  checkType(kind, json);
  const decoded = objectFromJson(kind, json);
  const subject = contentSubjectOf(kind, name);
  if (decoded.errors.length > 0) throw invalid(subject, decoded.errors);
  const { warnings, refusal } = judge([...strictErrors, ...decoded.strictErrors], validation);
  // Unlike Kubernetes, which shows the whole object that the patch would have made.
  if (refusal !== undefined) throw invalid(subject, [invalidField("patch", refusal)]);
  return { object: withOwnersReset(json, complete(kind, decoded.object)), warnings };
}

/** Decodes JSON text as a user wrote it. */
function decodeJson<T extends ApiObject>(kind: Kind<T>, text: Buffer, validation: FieldValidation): Body<T> {
  const json = parseJsonObject(text.toString("utf8"));
  checkType(kind, json);
  const { object, errors, strictErrors } = objectFromJson(kind, text);
  if (errors.length > 0) throw unreadable(kind, errors.map(({ path, message }) => `${path}: ${message}`).join(", "), errors);
  const { warnings, refusal } = judge(strictErrors, validation);
  if (refusal !== undefined) throw unreadable(kind, refusal, []);
  return { object: withOwnersReset(json, complete(kind, object)), warnings };
}

/**
 * Decodes an encoded object into the very form that JSON would have given it. Protobuf leaves open whether an empty part
 * is there or not; were both forms stored, a change that passes through JSON, as every patch does, would seem to differ.
 */
function decodeEncoded<T extends ApiObject>(kind: Kind<T>, any: Any): Whole<T> {
  // The type is looked at first: of another type's bytes the check would say nothing useful.
  if (any.type_url === typeUrl(kind.typeName)) checkWire(kind.typeName, any.value);
  const sent = unpackAny(kind, any);
  // Long, and given its one form elsewhere.
  const { managedFields } = sent.metadata;
  sent.metadata.managedFields = [];
  const message = sent as unknown as T;
  const object = canonicalizeSent(kind, message) ? message : throughJson(kind, message);
  const whole = complete(kind, object);
  whole.metadata.managedFields = managedFields;
  return whole;
}

/** The slow way, which says all that is wrong. */
function throughJson<T extends ApiObject>(kind: Kind<T>, sent: T): T {
  const { object, errors } = objectFromJson(kind, objectToJson(kind, sent));
  if (errors.length > 0) throw unreadable(kind, errors.map(({ path, message }) => `${path}: ${message}`).join(", "), errors);
  return object;
}

/** What becomes of names that are unknown, or there twice. */
function judge(strictErrors: readonly string[], validation: FieldValidation): { warnings: readonly string[]; refusal?: string } {
  if (strictErrors.length === 0 || validation === FieldValidation.IGNORE) return { warnings: [] };
  const more = strictErrors.length - maxStrictErrors;
  const shown = more > 0 ? [...strictErrors.slice(0, maxStrictErrors), `and ${more} more`] : strictErrors;
  if (validation === FieldValidation.WARN) return { warnings: shown };
  return { warnings: [], refusal: `strict decoding error: ${shown.join(", ")}` };
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
