import type { PlacementRecord } from "../../../gen/howbernetes/placement/v1/placement_record.js";
import { ageCell, nameColumn, none } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get placementrecords` prints; AGE is the time since the decision. */
export const placementRecordColumns: readonly Column<PlacementRecord>[] = [
  nameColumn,
  { name: "POD", cell: ({ pod }) => pod?.name ?? "" },
  { name: "NODE", cell: ({ placement }) => placement?.nodeName || none },
  { name: "FEASIBLE", cell: ({ placement }) => `${placement?.feasibleCount ?? 0}/${placement?.nodeCount ?? 0}` },
  { name: "ATTEMPTS", cell: ({ placement }) => String(placement?.attempts ?? 0) },
  { name: "AGE", cell: ({ metadata, placement }, nowMs) => ageCell(placement?.time ?? metadata.creationTimestamp, nowMs) },
  { name: "DURATION", wide: true, cell: ({ placement }) => `${((placement?.durationMicroseconds ?? 0) / 1000).toFixed(2)}ms` },
  { name: "MESSAGE", wide: true, cell: ({ placement }) => placement?.message || none },
];
