import { objectFromJson } from "../../src/api/codec/json.js";
import type { JsonObject } from "../../src/api/codec/json-values.js";
import { complete } from "../../src/api/codec/whole.js";
import { parseYaml } from "../../src/api/codec/yaml.js";
import type { FieldError } from "../../src/api/errors.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import type { ApiObject, Whole } from "../../src/api/object.js";

/** The object that a manifest in YAML describes, without its defaults. @throws Error when the codec refuses it */
export function fromManifest<T extends ApiObject>(kind: Kind<T>, yaml: string): Whole<T> {
  const { object, errors, strictErrors } = objectFromJson(kind, parseYaml(yaml) as JsonObject);
  if (errors.length > 0 || strictErrors.length > 0) throw new Error(JSON.stringify([...errors, ...strictErrors]));
  return complete(kind, object);
}

/** As `fromManifest`, with defaults, and prepared as the api-server prepares a new object. */
export function admitted<T extends ApiObject>(kind: Kind<T>, yaml: string): Whole<T> {
  const object = fromManifest(kind, yaml);
  kind.applyDefaults(object);
  kind.prepareForCreate(object);
  return object;
}

/** Field errors as people read them: `spec.replicas: Invalid value: -1: …`. */
export function lines(errors: readonly FieldError[]): string[] {
  return errors.map(({ path, message }) => `${path}: ${message}`);
}
