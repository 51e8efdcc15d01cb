import { Scale } from "../../../gen/howbernetes/autoscaling/v1/scale.js";
import type { Kind } from "../kind.js";

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
  columns: [],
  applyDefaults: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
