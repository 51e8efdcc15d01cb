import { LimitRange } from "../../../gen/howbernetes/core/v1/limit_range.js";
import type { Kind } from "../kind.js";
import { limitRangeColumns } from "./columns.js";
import { applyLimitRangeDefaults } from "./defaults.js";
import { validateLimitRange } from "./validation.js";

/** How much a single pod or container of a namespace may request, and what it gets when it says nothing. */
export const limitRangeKind: Kind<LimitRange> = {
  group: "",
  version: "v1",
  kind: "LimitRange",
  plural: "limitranges",
  singular: "limitrange",
  shortNames: ["limits"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  message: LimitRange,
  typeName: "howbernetes.core.v1.LimitRange",
  selectableFields: {},
  columns: limitRangeColumns,
  applyDefaults: applyLimitRangeDefaults,
  validate: validateLimitRange,
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
