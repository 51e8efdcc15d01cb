import type { ResourceQuota } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { entry } from "../../validation/field-path.js";
import { validateResourceAmounts } from "../../validation/resource-amounts.js";
import { validateQuotaResourceName } from "../../validation/resource-names.js";
import { validateScopes } from "./scope-validation.js";

/** Every error of a quota's spec. */
export function validateResourceQuota({ spec }: Whole<ResourceQuota>): FieldError[] {
  return [...validateAmounts(spec.hard, "spec.hard"), ...validateScopes(spec)];
}

/** Every error of a status written. */
export function validateResourceQuotaStatus({ status }: Whole<ResourceQuota>): FieldError[] {
  return [...validateAmounts(status.hard, "status.hard"), ...validateAmounts(status.used, "status.used")];
}

function validateAmounts(amounts: Readonly<Record<string, Quantity>>, path: string): FieldError[] {
  return [
    ...Object.keys(amounts).flatMap((name) => validateQuotaResourceName(name, entry(path, name))),
    ...validateResourceAmounts(amounts, path),
  ];
}
