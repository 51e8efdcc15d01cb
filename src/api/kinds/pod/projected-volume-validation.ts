import type { ProjectedVolumeSource, ServiceAccountTokenProjection, VolumeProjection } from "../../../gen/howbernetes/core/v1/volume.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateNonReservedPath } from "./path-validation.js";
import { validateFieldItems, validateKeyItems, validateMode } from "./volume-item-validation.js";

const minTokenSeconds = 600;
const maxTokenSeconds = 2 ** 32;

/** Every error of a volume that is put together from several sources. */
export function validateProjected({ sources, defaultMode }: ProjectedVolumeSource, path: string): FieldError[] {
  const sourcesPath = child(path, "sources");
  return [
    ...validateMode(defaultMode, child(path, "defaultMode")),
    ...sources.flatMap((source, index) => validateSource(source, element(sourcesPath, index))),
    ...validateNoClash(sources, path),
  ];
}

function validateSource(source: VolumeProjection, path: string): FieldError[] {
  const present = Object.entries(source).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  const errors = present.slice(1).map((field) => forbiddenField(child(path, field), "may not specify more than 1 volume type"));
  for (const [field, keyed] of Object.entries({ secret, configMap })) {
    if (keyed === undefined) continue;
    const at = child(path, field);
    if (!keyed.localObjectReference?.name) errors.push(required(child(at, "name")));
    errors.push(...validateKeyItems(keyed.items, child(at, "items")));
  }
  if (downwardAPI !== undefined) errors.push(...validateFieldItems(downwardAPI.items, child(path, "downwardAPI.items")));
  if (serviceAccountToken !== undefined) errors.push(...validateToken(serviceAccountToken, child(path, "serviceAccountToken")));
  return errors;
}

function validateToken({ expirationSeconds = 0, path: file = "" }: ServiceAccountTokenProjection, path: string): FieldError[] {
  const at = child(path, "expirationSeconds");
  const errors: FieldError[] = [];
  if (expirationSeconds < minTokenSeconds) {
    errors.push(invalidValue(at, expirationSeconds, "may not specify a duration less than 10 minutes"));
  }
  if (expirationSeconds > maxTokenSeconds) {
    errors.push(invalidValue(at, expirationSeconds, "may not specify a duration larger than 2^32 seconds"));
  }
  const filePath = child(path, "path");
  return [...errors, ...(file === "" ? [required(filePath)] : validateNonReservedPath(file, filePath))];
}

/** No two sources may write one file. */
function validateNoClash(sources: readonly VolumeProjection[], path: string): FieldError[] {
  const taken = new Set<string>();
  return sources.flatMap((source) =>
    filesOf(source).flatMap(({ file, from }) => {
      if (file === "") return [];
      if (taken.has(file)) return [invalidValue(path, from, "conflicting duplicate paths")];
      taken.add(file);
      return [];
    }),
  );
}

function filesOf({ secret, configMap, downwardAPI, serviceAccountToken }: VolumeProjection): readonly { file: string; from: string }[] {
  const keyed = [secret, configMap].flatMap((source) =>
    (source?.items ?? []).map(({ path: file = "" }) => ({ file, from: source?.localObjectReference?.name ?? "" })),
  );
  const fields = (downwardAPI?.items ?? []).map(({ path: file = "" }) => ({ file, from: file }));
  const token = serviceAccountToken?.path ?? "";
  return [...keyed, ...fields, { file: token, from: token }];
}
