import type { Lease } from "../../../gen/howbernetes/coordination/v1/lease.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get leases` prints. */
export const leaseColumns: readonly Column<Lease>[] = [
  nameColumn,
  { name: "HOLDER", cell: ({ spec }) => spec.holderIdentity ?? "" },
  ageColumn,
];
