import type { DownwardAPIVolumeFile, KeyToPath } from "../../../gen/howbernetes/core/v1/volume.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateNonReservedPath } from "./path-validation.js";
import { validateFieldRef, validateResourceFieldRef } from "./selector-validation.js";

const maxFileMode = 0o777;
/** Also that its files are kept from all but their owners. */
const maxFolderMode = 0o1777;

/** Refuses what are no permissions of a file. */
export function validateMode(mode: number | undefined, path: string): FieldError[] {
  return validateUpTo(maxFileMode, mode, path);
}

/** Refuses what are no permissions of a folder. */
export function validateFolderMode(mode: number | undefined, path: string): FieldError[] {
  return validateUpTo(maxFolderMode, mode, path);
}

function validateUpTo(max: number, mode: number | undefined, path: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= max)) return [];
  return [invalidValue(path, mode, `must be a number between 0 and 0${max.toString(8)} (octal), both inclusive`)];
}

/** Every error of which keys become files. */
export function validateKeyItems(items: readonly KeyToPath[], path: string): FieldError[] {
  return items.flatMap(({ key, path: file = "", mode }, index) => {
    const at = element(path, index);
    return [
      ...(key ? [] : [required(child(at, "key"))]),
      ...(file === "" ? [required(child(at, "path"))] : validateNonReservedPath(file, child(at, "path"))),
      ...validateMode(mode, child(at, "mode")),
    ];
  });
}

/** Every error of which of the pod's fields become files. */
export function validateFieldItems(items: readonly DownwardAPIVolumeFile[], path: string): FieldError[] {
  return items.flatMap((item, index) => {
    const { path: file = "", mode } = item;
    const at = element(path, index);
    return [
      ...(file === "" ? [required(child(at, "path"))] : validateNonReservedPath(file, child(at, "path"))),
      ...validateFieldItem(item, at),
      ...validateMode(mode, child(at, "mode")),
    ];
  });
}

function validateFieldItem({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile, path: string): FieldError[] {
  if (fieldRef !== undefined && resourceFieldRef !== undefined) {
    return [invalidValue(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")];
  }
  if (fieldRef !== undefined) return validateFieldRef(fieldRef, "volume", child(path, "fieldRef"));
  if (resourceFieldRef !== undefined) return validateResourceFieldRef(resourceFieldRef, "volume", child(path, "resourceFieldRef"));
  return [required(path, "one of fieldRef and resourceFieldRef is required")];
}
