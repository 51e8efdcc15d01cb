import type { DaemonSet } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import { ageColumn, containerNamesCell, imagesCell, labelsCell, nameColumn, selectorCell } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get daemonsets` prints. */
export const daemonSetColumns: readonly Column<DaemonSet>[] = [
  nameColumn,
  { name: "DESIRED", cell: ({ status }) => String(status.desiredNumberScheduled ?? 0) },
  { name: "CURRENT", cell: ({ status }) => String(status.currentNumberScheduled ?? 0) },
  { name: "READY", cell: ({ status }) => String(status.numberReady ?? 0) },
  { name: "UP-TO-DATE", cell: ({ status }) => String(status.updatedNumberScheduled ?? 0) },
  { name: "AVAILABLE", cell: ({ status }) => String(status.numberAvailable ?? 0) },
  { name: "NODE SELECTOR", cell: ({ spec }) => labelsCell(spec.template?.spec?.nodeSelector) },
  ageColumn,
  { name: "CONTAINERS", wide: true, cell: ({ spec }) => containerNamesCell(spec.template?.spec) },
  { name: "IMAGES", wide: true, cell: ({ spec }) => imagesCell(spec.template?.spec) },
  { name: "SELECTOR", wide: true, cell: ({ spec }) => selectorCell(spec.selector) },
];
