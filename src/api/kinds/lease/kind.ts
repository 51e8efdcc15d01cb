import { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import type { Kind } from "../kind.js";
import { leaseColumns } from "./columns.js";

/** Lease. */
export const leaseKind: Kind<Lease> = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  singular: "lease",
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: false,
  message: Lease,
  typeName: "howbernetes.coordination.v1.Lease",
  selectableFields: {},
  columns: leaseColumns,
  applyDefaults: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
