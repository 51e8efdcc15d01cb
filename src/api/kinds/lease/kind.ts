import { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import type { Kind } from "../kind.js";
import { leaseColumns } from "./columns.js";
import { validateLease } from "./validation.js";

/** A claim that lapses unless it is renewed: of a leader to lead, of a node to be alive. */
export const leaseKind: Kind<Lease> = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  singular: "lease",
  shortNames: [],
  categories: [],
  namespaced: true,
  requiresResourceVersion: true,
  hasStatus: false,
  // Unlike Kubernetes: they are written all the time, by one writer each, and hardly ever applied.
  ownersFromFirstApply: true,
  message: Lease,
  typeName: "howbernetes.coordination.v1.Lease",
  selectableFields: {},
  columns: leaseColumns,
  applyDefaults: () => undefined,
  validate: validateLease,
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
