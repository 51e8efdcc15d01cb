import { ResourceQuota } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import type { Kind } from "../kind.js";
import { resourceQuotaColumns } from "./columns.js";
import { prepareResourceQuotaForCreate, prepareResourceQuotaForUpdate, validateResourceQuotaUpdate } from "./update-rules.js";
import { validateResourceQuota, validateResourceQuotaStatus } from "./validation.js";

/** How much all the objects of a namespace together may be and request. */
export const resourceQuotaKind: Kind<ResourceQuota> = {
  group: "",
  version: "v1",
  kind: "ResourceQuota",
  plural: "resourcequotas",
  singular: "resourcequota",
  shortNames: ["quota"],
  categories: [],
  namespaced: true,
  hasStatus: true,
  message: ResourceQuota,
  typeName: "howbernetes.core.v1.ResourceQuota",
  selectableFields: {},
  columns: resourceQuotaColumns,
  applyDefaults: () => undefined,
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  validateStatusUpdate: validateResourceQuotaStatus,
  prepareForCreate: prepareResourceQuotaForCreate,
  prepareForUpdate: prepareResourceQuotaForUpdate,
};
