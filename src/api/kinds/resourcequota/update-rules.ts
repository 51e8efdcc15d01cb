import { type ResourceQuota, ResourceQuotaStatus } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue } from "../../validation/field-error.js";
import { sameValue } from "../same-value.js";

/** A new quota has nothing counted yet. */
export function prepareResourceQuotaForCreate(draft: Whole<ResourceQuota>): void {
  draft.status = ResourceQuotaStatus.fromPartial({});
}

/** A write of the spec leaves the status as it was. */
export function prepareResourceQuotaForUpdate(draft: Whole<ResourceQuota>, previous: Whole<ResourceQuota>): void {
  draft.status = structuredClone(previous.status);
}

/** Refuses other scopes, in whatever order: what has been counted was counted under the old ones. */
export function validateResourceQuotaUpdate({ spec: next }: Whole<ResourceQuota>, { spec: previous }: Whole<ResourceQuota>): FieldError[] {
  if (sameValue(distinct(next.scopes), distinct(previous.scopes))) return [];
  return [invalidValue("spec.scopes", next.scopes, "field is immutable")];
}

function distinct(scopes: readonly string[]): string[] {
  return [...new Set(scopes)].sort();
}
