import type { ResourceRequirements } from "../../../gen/howbernetes/core/v1/container.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { invalidValue } from "../../validation/field-error.js";
import { child, entry } from "../../validation/field-path.js";
import { qualifiedNameProblems } from "../../validation/names.js";
import { isQuantity, parseQuantity } from "../../values/quantity.js";

const quantityMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const hugePages = "hugepages-";
const standardResources: readonly string[] = ["cpu", "memory", "ephemeral-storage"];

/** Every error of what a container requests and is limited to. */
export function validateResources(resources: ResourceRequirements, path: string): FieldError[] {
  const errors = [
    ...validateQuantities(resources.limits, child(path, "limits")),
    ...validateQuantities(resources.requests, child(path, "requests")),
  ];
  return errors.length > 0 ? errors : validateRequestsFitLimits(resources, child(path, "requests"));
}

/** Every error of a map of resource names to quantities. */
export function validateQuantities(quantities: Readonly<Record<string, Quantity>>, path: string): FieldError[] {
  return Object.entries(quantities).flatMap(([name, { string: text = "" }]) => [
    ...resourceNameProblems(name).map((problem) => invalidValue(entry(path, name), name, problem)),
    ...quantityProblems(text).map((problem) => invalidValue(entry(path, name), text, problem)),
  ]);
}

function resourceNameProblems(name: string): string[] {
  const problems = qualifiedNameProblems(name);
  if (name.includes("/") || standardResources.includes(name) || name.startsWith(hugePages)) return problems;
  return [...problems, "must be a standard resource for containers"];
}

function quantityProblems(text: string): string[] {
  if (!isQuantity(text)) return [quantityMessage];
  return parseQuantity(text) < 0 ? ["must be greater than or equal to 0"] : [];
}

function validateRequestsFitLimits({ requests, limits }: ResourceRequirements, path: string): FieldError[] {
  return Object.entries(requests).flatMap(([name, { string: request = "" }]) => {
    const limit = limits[name]?.string;
    if (limit === undefined || parseQuantity(request) <= parseQuantity(limit)) return [];
    return [invalidValue(path, request, `must be less than or equal to ${name} limit of ${limit}`)];
  });
}
