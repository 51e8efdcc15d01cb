import type { StatefulSet } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import { ageColumn, containerNamesCell, imagesCell, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get statefulsets` prints. */
export const statefulSetColumns: readonly Column<StatefulSet>[] = [
  nameColumn,
  { name: "READY", cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}` },
  ageColumn,
  { name: "CONTAINERS", wide: true, cell: ({ spec }) => containerNamesCell(spec.template?.spec) },
  { name: "IMAGES", wide: true, cell: ({ spec }) => imagesCell(spec.template?.spec) },
];
