import type { LimitRange, LimitRangeItem } from "../../../gen/howbernetes/core/v1/limit_range.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { duplicate, forbiddenField, invalidValue, required } from "../../validation/field-error.js";
import { child, element, entry } from "../../validation/field-path.js";
import { qualifiedNameProblems } from "../../validation/names.js";
import { validateSignedQuantities } from "../../validation/quantities.js";
import { validateContainerResourceName, validateResourceName } from "../../validation/resource-names.js";
import { validateBounds } from "./bounds-validation.js";

const standardTypes: readonly string[] = ["Pod", "Container", "PersistentVolumeClaim"];
const amounts = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;

/** Every error of a LimitRange. */
export function validateLimitRange({ spec }: Whole<LimitRange>): FieldError[] {
  const types = new Set<string>();
  return spec.limits.flatMap((item, index) => {
    const path = element("spec.limits", index);
    const { type = "" } = item;
    const repeated = types.has(type) ? [duplicate(child(path, "type"), type)] : [];
    types.add(type);
    return [...validateType(type, child(path, "type")), ...repeated, ...validateItem(item, path)];
  });
}

function validateType(type: string, path: string): FieldError[] {
  const problems = qualifiedNameProblems(type);
  if (problems.length > 0) return problems.map((problem) => invalidValue(path, type, problem));
  if (type.includes("/") || standardTypes.includes(type)) return [];
  return [invalidValue(path, type, "must be a standard limit type or fully qualified")];
}

function validateItem(item: LimitRangeItem, path: string): FieldError[] {
  const forbidden = forbiddenAmounts(item);
  const allowed = amounts.filter((field) => !forbidden.includes(field));
  const errors = [
    ...forbidden.map((field) => forbiddenField(child(path, field), "may not be specified when `type` is 'Pod'")),
    ...allowed.flatMap((field) => validateNames(item, field, path)),
    ...validateClaim(item, path),
  ];
  const unreadable = amounts.flatMap((field) => validateSignedQuantities(item[field], child(path, field)));
  // What cannot be read cannot be compared either.
  return [...errors, ...(unreadable.length > 0 ? unreadable : validateBounds(item, path))];
}

/** A pod's limits are the sum of its containers', so that there is nothing to default. */
function forbiddenAmounts(item: LimitRangeItem): readonly (typeof amounts)[number][] {
  if (item.type !== "Pod") return [];
  return (["default", "defaultRequest"] as const).filter((field) => Object.keys(item[field]).length > 0);
}

function validateNames(item: LimitRangeItem, field: (typeof amounts)[number], path: string): FieldError[] {
  const ofContainers = item.type === "Pod" || item.type === "Container";
  const validateName = ofContainers ? validateContainerResourceName : validateResourceName;
  return Object.keys(item[field]).flatMap((name) => validateName(name, entry(child(path, field), name)));
}

function validateClaim({ type, min, max }: LimitRangeItem, path: string): FieldError[] {
  if (type !== "PersistentVolumeClaim" || min.storage !== undefined || max.storage !== undefined) return [];
  return [required(child(path, "limits"), "either minimum or maximum storage value is required, but neither was provided")];
}
