import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import { ageColumn, containerNamesCell, imagesCell, nameColumn, selectorCell } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get replicasets` prints. */
export const replicaSetColumns: readonly Column<ReplicaSet>[] = [
  nameColumn,
  { name: "DESIRED", cell: ({ spec }) => String(spec.replicas ?? 0) },
  { name: "CURRENT", cell: ({ status }) => String(status.replicas ?? 0) },
  { name: "READY", cell: ({ status }) => String(status.readyReplicas ?? 0) },
  ageColumn,
  { name: "CONTAINERS", wide: true, cell: ({ spec }) => containerNamesCell(spec.template?.spec) },
  { name: "IMAGES", wide: true, cell: ({ spec }) => imagesCell(spec.template?.spec) },
  { name: "SELECTOR", wide: true, cell: ({ spec }) => selectorCell(spec.selector) },
];
