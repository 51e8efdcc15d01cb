import type { ConfigMap } from "../../../gen/howbernetes/core/v1/config_map.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { validateConfigKeys } from "../../validation/config-keys.js";
import { invalidValue, tooLong } from "../../validation/field-error.js";
import { entry } from "../../validation/field-path.js";
import { validateImmutable } from "../immutable-data.js";

/** All values together: Kubernetes' limit, which keeps objects storable. */
const maxBytes = 1024 * 1024;

/** How Kubernetes prints the path of an error that no field has alone. */
const wholeObject = "[]";

/** Every error of a ConfigMap. */
export function validateConfigMap({ data, binaryData }: Whole<ConfigMap>): FieldError[] {
  const shared = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key));
  return [
    ...validateConfigKeys(data, "data"),
    ...shared.map((key) => invalidValue(entry("data", key), key, "duplicate of key present in binaryData")),
    ...validateConfigKeys(binaryData, "binaryData"),
    ...(sizeOf({ data, binaryData }) > maxBytes ? [tooLong(wholeObject, maxBytes)] : []),
  ];
}

/** Every error of a change: an immutable ConfigMap keeps its content, and stays immutable. */
export function validateConfigMapUpdate(next: Whole<ConfigMap>, previous: Whole<ConfigMap>): FieldError[] {
  return validateImmutable(next, previous, ["data", "binaryData"]);
}

function sizeOf({ data, binaryData }: Pick<ConfigMap, "data" | "binaryData">): number {
  const values = [...Object.values(data), ...Object.values(binaryData)];
  return values.reduce((bytes, value) => bytes + Buffer.byteLength(value), 0);
}
