import type { EnvFromSource, EnvVar, EnvVarSource } from "../../../gen/howbernetes/core/v1/container.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateFieldRef, validateFileKeyRef, validateKeyRef, validateResourceFieldRef } from "./selector-validation.js";

const nameMessage = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const onlyOne = "may not have more than one field specified at a time";

/** Every error of a container's environment variables. */
export function validateEnv(env: readonly EnvVar[], path: string): FieldError[] {
  return env.flatMap((variable, index) => {
    const { name = "" } = variable;
    const at = element(path, index);
    return [
      ...(name === "" ? [required(child(at, "name"))] : validateName(name, child(at, "name"))),
      ...validateSource(variable, child(at, "valueFrom")),
    ];
  });
}

/** Every error of the sources of a container's environment. */
export function validateEnvFrom(sources: readonly EnvFromSource[], path: string): FieldError[] {
  return sources.flatMap(({ prefix = "", configMapRef, secretRef }, index) => {
    const at = element(path, index);
    const errors = prefix === "" ? [] : validateName(prefix, child(at, "prefix"));
    for (const [field, reference] of Object.entries({ configMapRef, secretRef })) {
      if (reference !== undefined && !reference.localObjectReference?.name) errors.push(required(child(at, `${field}.name`)));
    }
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalidValue(at, "", "must specify one of: `configMapRef` or `secretRef`"));
    }
    if (configMapRef !== undefined && secretRef !== undefined) errors.push(invalidValue(at, "", onlyOne));
    return errors;
  });
}

function validateName(name: string, path: string): FieldError[] {
  return /^[ -<>-~]+$/.test(name) ? [] : [invalidValue(path, name, nameMessage)];
}

function validateSource({ value = "", valueFrom }: EnvVar, path: string): FieldError[] {
  if (valueFrom === undefined) return [];
  const count = Object.values(valueFrom).filter((source) => source !== undefined).length;
  return [...validateReferences(valueFrom, path), ...validateCount(count, value, path)];
}

function validateReferences(source: EnvVarSource, path: string): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  const at = (field: keyof EnvVarSource): string => child(path, field);
  return [
    ...(fieldRef === undefined ? [] : validateFieldRef(fieldRef, "env", at("fieldRef"))),
    ...(resourceFieldRef === undefined ? [] : validateResourceFieldRef(resourceFieldRef, "env", at("resourceFieldRef"))),
    ...(configMapKeyRef === undefined ? [] : validateKeyRef(configMapKeyRef, at("configMapKeyRef"))),
    ...(secretKeyRef === undefined ? [] : validateKeyRef(secretKeyRef, at("secretKeyRef"))),
    ...(fileKeyRef === undefined ? [] : validateFileKeyRef(fileKeyRef, at("fileKeyRef"))),
  ];
}

function validateCount(count: number, value: string, path: string): FieldError[] {
  if (count === 0) {
    const sources = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
    return [invalidValue(path, "", `must specify one of: ${sources}`)];
  }
  if (value !== "") return [invalidValue(path, "", "may not be specified when `value` is not empty")];
  return count > 1 ? [invalidValue(path, "", onlyOne)] : [];
}
