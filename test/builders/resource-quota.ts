import type { Whole } from "../../src/api/object.js";
import { ResourceQuota, type ResourceQuotaSpec } from "../../src/gen/howbernetes/core/v1/resource_quota.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { quantities } from "./quantities.js";

/** What a test may say of a ResourceQuota. */
export interface ResourceQuotaOptions extends MetadataOptions {
  /** As { pods: "10" }; the status' too. */
  readonly hard?: Readonly<Record<string, string>>;
  /** As { pods: "3" }: what the status says is used. */
  readonly used?: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[];
  readonly scopeSelector?: ResourceQuotaSpec["scopeSelector"];
}

/** A quota named team whose status counts under its spec. */
export function resourceQuota(options: ResourceQuotaOptions = {}): Whole<ResourceQuota> {
  const { hard = {}, used = {}, scopes = [], scopeSelector } = options;
  return ResourceQuota.fromPartial({
    metadata: metadata(options, { name: "team", namespace: "default" }),
    spec: { hard: quantities(hard), scopes: [...scopes], scopeSelector },
    status: { hard: quantities(hard), used: quantities(used) },
  }) as Whole<ResourceQuota>;
}
