import { apiVersionOf, isJsonObject, messageFromJson } from "../../api/codec/json.js";
import { checkJsonDepth } from "../../api/codec/json-depth.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { findMisplacedNames } from "../../api/codec/misplaced-names.js";
import { parseYaml, YamlError } from "../../api/codec/yaml.js";
import { badRequest, type FieldError, tooLarge } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey } from "../../api/object.js";
import { FieldValidation } from "../../gen/howbernetes/api/v1/resources.js";

/** An apply configuration as it was sent. */
export interface ApplyConfiguration {
  readonly json: JsonObject;
  /** For the user's eyes. */
  readonly warnings: readonly string[];
}

// JSON is wordier than what is stored, of which a megabyte is taken.
const maxBytes = 3 * 1024 * 1024;
/** Of one kind of error; a configuration may have hundreds of thousands. */
const maxErrors = 100;

/**
 * Reads an apply configuration, which is JSON or YAML of an object of `kind`, and names `key` if it names any. Fields that
 * the kind does not have are refused whatever `validation` says: nobody can own them.
 * @throws ApiError BadRequest, RequestEntityTooLarge
 */
export function parseApplyConfiguration(
  kind: Kind,
  bytes: Buffer,
  { key, validation }: { readonly key: ObjectKey; readonly validation: FieldValidation },
): ApplyConfiguration {
  if (bytes.length > maxBytes) throw tooLarge(`the apply configuration is too large: ${bytes.length} bytes of at most ${maxBytes}`);
  const text = bytes.toString("utf8");
  const { json, duplicates } = parseText(text);
  if (duplicates.length > 0 && validation !== FieldValidation.IGNORE && validation !== FieldValidation.WARN) {
    throw badRequest(`error strict decoding YAML: ${duplicates.join(", ")}`);
  }
  checkType(kind, json, key);
  checkFields(kind, json, key);
  checkMetadata(kind, json, key);
  return { json, warnings: validation === FieldValidation.WARN ? duplicates : [] };
}

function parseText(text: string): { readonly json: JsonObject; readonly duplicates: readonly string[] } {
  checkJsonDepth(text);
  try {
    const json: unknown = JSON.parse(text);
    if (!isJsonObject(json)) throw badRequest("error decoding YAML: an object was expected");
    const duplicates = findMisplacedNames(text, new Set()).slice(0, maxErrors);
    return { json, duplicates: duplicates.map(({ path }) => `duplicate field ${JSON.stringify(path)}`) };
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
    return { json: parseYamlObject(text), duplicates: [] };
  }
}

function parseYamlObject(text: string): JsonObject {
  try {
    const value = parseYaml(text);
    if (isJsonObject(value)) return value;
  } catch (error: unknown) {
    if (error instanceof YamlError) throw badRequest(`error decoding YAML: ${error.message} (line ${error.line})`);
    throw error;
  }
  throw badRequest("error decoding YAML: an object was expected");
}

function checkType(kind: Kind, { apiVersion = "", kind: name = "" }: JsonObject, key: ObjectKey): void {
  const expected = apiVersionOf(kind);
  if (apiVersion !== expected) {
    const found = typeof apiVersion === "string" ? apiVersion.slice(0, maxErrors) : typeof apiVersion;
    throw badRequest(`Incorrect version specified in apply patch. Specified patch version: ${found}, expected: ${expected}`);
  }
  if (name === "") throw untyped({ ...kind, kind: name }, key, [untypedKind(kind)]);
  if (name !== kind.kind) {
    const found = typeof name === "string" ? name.slice(0, maxErrors) : typeof name;
    throw badRequest(`the kind in the data (${found}) does not match the expected kind (${kind.kind})`);
  }
}

function checkFields(kind: Kind, { apiVersion: _apiVersion, kind: _kind, ...json }: JsonObject, key: ObjectKey): void {
  const { errors, unknown } = messageFromJson(kind.typeName, json);
  const undeclared = unknown.map((path): FieldError => ({ path, reason: "FieldValueInvalid", message: "field not declared in schema" }));
  const all = [...errors, ...undeclared].slice(0, maxErrors);
  if (all.length > 0) throw untyped(kind, key, all);
}

type TypeName = Pick<Kind, "group" | "version" | "kind">;

const untypedKind = ({ group, version }: TypeName): FieldError => ({
  path: "",
  reason: "FieldValueRequired",
  message: `no corresponding type for ${group}/${version}, Kind=`,
});

/** What can't be read as the kind's, in Kubernetes' words. Unlike Kubernetes, which takes it for an error of its own. */
export function untyped(kind: TypeName, { namespace, name }: ObjectKey, errors: readonly FieldError[]): Error {
  const lines = errors.map(({ path, message }) => (path === "" ? message : `.${path}: ${message}`));
  const text = lines.length === 1 ? lines[0] : ["errors:", ...lines.map((line) => `  ${line}`)].join("\n");
  const object = `${namespace}/${name}; ${kind.group}/${kind.version}, Kind=${kind.kind}`;
  return badRequest(`failed to create typed patch object (${object}): ${text}`, errors);
}

function checkMetadata(kind: Kind, { metadata }: JsonObject, key: ObjectKey): void {
  if (!isJsonObject(metadata)) return;
  const { name, namespace, managedFields } = metadata;
  if (managedFields !== undefined && managedFields !== null) throw badRequest("metadata.managedFields must be nil");
  if (typeof name === "string" && name !== "" && name !== key.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the request (${key.name})`);
  }
  if (kind.namespaced && typeof namespace === "string" && namespace !== "" && namespace !== key.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}
