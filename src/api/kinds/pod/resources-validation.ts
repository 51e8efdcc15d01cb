import type { ResourceRequirements } from "../../../gen/howbernetes/core/v1/container.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { invalidValue } from "../../validation/field-error.js";
import { child, entry } from "../../validation/field-path.js";
import { qualifiedNameProblems } from "../../validation/names.js";
import { validateQuantities } from "../../validation/quantities.js";
import { parseQuantity } from "../../values/quantity.js";

const standardResources: readonly string[] = ["cpu", "memory", "ephemeral-storage"];
const hugePages = "hugepages-";

/** Every error of what a container requests and is limited to. */
export function validateResources(resources: ResourceRequirements, path: string): FieldError[] {
  const errors = [
    ...validateAmounts(resources.limits, child(path, "limits")),
    ...validateAmounts(resources.requests, child(path, "requests")),
  ];
  return errors.length > 0 ? errors : validateRequestsFitLimits(resources, child(path, "requests"));
}

function validateAmounts(amounts: Readonly<Record<string, Quantity>>, path: string): FieldError[] {
  const nameErrors = Object.keys(amounts).flatMap((name) =>
    resourceNameProblems(name).map((problem) => invalidValue(entry(path, name), name, problem)),
  );
  return [...nameErrors, ...validateQuantities(amounts, path)];
}

function resourceNameProblems(name: string): string[] {
  const problems = qualifiedNameProblems(name);
  if (name.includes("/") || standardResources.includes(name) || name.startsWith(hugePages)) return problems;
  return [...problems, "must be a standard resource for containers"];
}

function validateRequestsFitLimits({ requests, limits }: ResourceRequirements, path: string): FieldError[] {
  return Object.entries(requests).flatMap(([name, { string: request = "" }]) => {
    const limit = limits[name]?.string;
    if (limit === undefined || parseQuantity(request) <= parseQuantity(limit)) return [];
    return [invalidValue(path, request, `must be less than or equal to ${name} limit of ${limit}`)];
  });
}
