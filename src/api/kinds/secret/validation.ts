import type { Secret } from "../../../gen/howbernetes/core/v1/secret.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { validateConfigKeys } from "../../validation/config-keys.js";
import { invalidValue, required, tooLong } from "../../validation/field-error.js";
import { entry } from "../../validation/field-path.js";
import { validateImmutable } from "../immutable-data.js";

const dataPath = "data";

/** All values together: Kubernetes' limit, which keeps objects storable. */
const maxBytes = 1024 * 1024;

const accountAnnotation = "kubernetes.io/service-account.name";

/** Every error of a Secret. None of them shows a value. */
export function validateSecret(secret: Whole<Secret>): FieldError[] {
  const bytes = Object.values(secret.data).reduce((sum, { length }) => sum + length, 0);
  return [
    ...validateConfigKeys(secret.data, dataPath),
    ...(bytes > maxBytes ? [tooLong(dataPath, maxBytes)] : []),
    ...validateContent(secret),
  ];
}

/** Every error of a change: the type stays, and an immutable Secret keeps its content and stays immutable. */
export function validateSecretUpdate(next: Whole<Secret>, previous: Whole<Secret>): FieldError[] {
  return [
    ...(next.type === previous.type ? [] : [invalidValue("type", next.type ?? "", "field is immutable")]),
    ...validateImmutable(next, previous, ["data"]),
  ];
}

/** What whoever reads a Secret of a well-known type may rely on; of any other type nothing is known. */
function validateContent({ metadata, type, data }: Whole<Secret>): FieldError[] {
  switch (type) {
    case "kubernetes.io/service-account-token":
      return metadata.annotations[accountAnnotation] ? [] : [required(entry("metadata.annotations", accountAnnotation))];
    case "kubernetes.io/dockercfg":
      return validateJsonObject(data, ".dockercfg");
    case "kubernetes.io/dockerconfigjson":
      return validateJsonObject(data, ".dockerconfigjson");
    case "kubernetes.io/basic-auth":
      return Object.hasOwn(data, "username") || Object.hasOwn(data, "password") ? [] : requireKeys(data, "username", "password");
    case "kubernetes.io/ssh-auth":
      return data["ssh-privatekey"]?.length ? [] : [required(entry(dataPath, "ssh-privatekey"))];
    case "kubernetes.io/tls":
      return requireKeys(data, "tls.crt", "tls.key");
    default:
      return [];
  }
}

function requireKeys(data: Secret["data"], ...keys: readonly string[]): FieldError[] {
  return keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(entry(dataPath, key)));
}

function validateJsonObject(data: Secret["data"], key: string): FieldError[] {
  const bytes = data[key];
  if (bytes === undefined) return requireKeys(data, key);
  return isJsonObject(bytes.toString()) ? [] : [invalidValue(entry(dataPath, key), "<secret contents redacted>", "must be a JSON object")];
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value);
  } catch (_error: unknown) {
    // The parser's own words quote the text, which must not be shown.
    return false;
  }
}
