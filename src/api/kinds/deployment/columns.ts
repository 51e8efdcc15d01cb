import type { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import { ageColumn, containerNamesCell, imagesCell, nameColumn, selectorCell } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get deployments` prints. */
export const deploymentColumns: readonly Column<Deployment>[] = [
  nameColumn,
  { name: "READY", cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}` },
  { name: "UP-TO-DATE", cell: ({ status }) => String(status.updatedReplicas ?? 0) },
  { name: "AVAILABLE", cell: ({ status }) => String(status.availableReplicas ?? 0) },
  ageColumn,
  { name: "CONTAINERS", wide: true, cell: ({ spec }) => containerNamesCell(spec.template?.spec) },
  { name: "IMAGES", wide: true, cell: ({ spec }) => imagesCell(spec.template?.spec) },
  { name: "SELECTOR", wide: true, cell: ({ spec }) => selectorCell(spec.selector) },
];
