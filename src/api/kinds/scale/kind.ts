import { Scale } from "../../../gen/howbernetes/autoscaling/v1/scale.js";
import { ageCell } from "../cells.js";
import type { Column, Kind } from "../kind.js";

const columns: readonly Column<Scale>[] = [
  { name: "NAME", cell: ({ metadata }) => metadata.name },
  { name: "DESIRED", cell: ({ spec }) => String(spec.replicas ?? 0) },
  { name: "AVAILABLE", cell: ({ status }) => String(status.replicas ?? 0) },
  { name: "AGE", cell: ({ metadata }, nowMs) => ageCell(metadata.creationTimestamp, nowMs) },
];

/**
 * What the subresource "scale" reads and writes. It is no resource of its own and is stored nowhere: the rules for it
 * are those of the object that is scaled.
 */
export const scaleKind: Kind<Scale> = {
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  plural: "scales",
  singular: "scale",
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: true,
  message: Scale,
  typeName: "howbernetes.autoscaling.v1.Scale",
  selectableFields: {},
  columns,
  applyDefaults: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
