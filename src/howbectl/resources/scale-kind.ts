import { ageCell } from "../../api/kinds/cells.js";
import type { Column, Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";

const columns: readonly Column<Scale>[] = [
  { name: "NAME", cell: ({ metadata }) => metadata.name },
  { name: "DESIRED", cell: ({ spec }) => String(spec.replicas ?? 0) },
  { name: "AVAILABLE", cell: ({ status }) => String(status.replicas ?? 0) },
  { name: "AGE", cell: ({ metadata }, nowMs) => ageCell(metadata.creationTimestamp, nowMs) },
];

const unruled = (): never => {
  throw new Error("a Scale is read and printed here; the rules for it are the scaled kind's");
};

/** What the subresource "scale" is made of: no kind of the server's, but printed like one, under the scaled object's name. */
export const scaleKind = {
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
  applyDefaults: unruled,
  validate: unruled,
  validateUpdate: unruled,
  prepareForCreate: unruled,
  prepareForUpdate: unruled,
} satisfies Kind<Scale>;

/** The wanted count of what was read as a Scale. */
export function replicasOf(scale: Whole<ApiObject>): number {
  return (scale as unknown as Whole<Scale>).spec.replicas ?? 0;
}
