import type { ResourceRequirements } from "../../../gen/howbernetes/core/v1/container.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { child, entry } from "../../validation/field-path.js";
import { validateResourceAmounts } from "../../validation/resource-amounts.js";
import { isOvercommitAllowed, validateContainerResourceName } from "../../validation/resource-names.js";
import { parseQuantity } from "../../values/quantity.js";

/** Every error of what a container requests and is limited to. */
export function validateResources(resources: ResourceRequirements, path: string): FieldError[] {
  const errors = [
    ...validateAmounts(resources.limits, child(path, "limits")),
    ...validateAmounts(resources.requests, child(path, "requests")),
  ];
  return errors.length > 0 ? errors : validateRequestsFitLimits(resources, path);
}

/** Every error of amounts of resources: names that containers do not have, and what is no amount. */
export function validateAmounts(amounts: Readonly<Record<string, Quantity>>, path: string): FieldError[] {
  const nameErrors = Object.keys(amounts).flatMap((name) => validateContainerResourceName(name, entry(path, name)));
  return [...nameErrors, ...validateResourceAmounts(amounts, path)];
}

function validateRequestsFitLimits({ requests, limits }: ResourceRequirements, path: string): FieldError[] {
  return Object.entries(requests).flatMap(([name, { string: request = "" }]) => {
    const limit = limits[name]?.string;
    const isExact = !isOvercommitAllowed(name);
    if (limit === undefined) return isExact ? [required(child(path, "limits"), "Limit must be set for non overcommitable resources")] : [];
    const excess = parseQuantity(request) - parseQuantity(limit);
    if (excess === 0 || (excess < 0 && !isExact)) return [];
    const rule = isExact ? "must be equal to" : "must be less than or equal to";
    return [invalidValue(child(path, "requests"), request, `${rule} ${name} limit of ${limit}`)];
  });
}
