import type { FieldError } from "../../errors.js";
import { invalidValue } from "../../validation/field-error.js";

/** Refuses a path of files that leads upwards. */
export function validateNoBacksteps(file: string, path: string): FieldError[] {
  return file.split("/").includes("..") ? [invalidValue(path, file, "must not contain '..'")] : [];
}

/** Refuses a path that leads out of the folder it starts in. */
export function validateDescendingPath(file: string, path: string): FieldError[] {
  const absolute = file.startsWith("/") ? [invalidValue(path, file, "must be a relative path")] : [];
  return [...absolute, ...validateNoBacksteps(file, path)];
}

/** As `validateDescendingPath`, of what is written into a volume: names that begin with ".." are the writer's own. */
export function validateNonReservedPath(file: string, path: string): FieldError[] {
  const errors = validateDescendingPath(file, path);
  const isReserved = file.startsWith("..") && file !== ".." && !file.startsWith("../");
  return isReserved ? [...errors, invalidValue(path, file, "must not start with '..'")] : errors;
}
