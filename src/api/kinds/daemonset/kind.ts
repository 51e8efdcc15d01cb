import { DaemonSet } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import type { Kind } from "../kind.js";
import { validateSelectorUnchanged } from "../selector-immutable.js";
import { daemonSetColumns } from "./columns.js";
import { applyDaemonSetDefaults } from "./defaults.js";
import { prepareDaemonSetForCreate, prepareDaemonSetForUpdate } from "./update-rules.js";
import { validateDaemonSet, validateDaemonSetStatusUpdate } from "./validation.js";

/** A pod on each node that it may go to. */
export const daemonSetKind: Kind<DaemonSet> = {
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  plural: "daemonsets",
  singular: "daemonset",
  shortNames: ["ds"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: DaemonSet,
  typeName: "howbernetes.apps.v1.DaemonSet",
  selectableFields: {},
  columns: daemonSetColumns,
  applyDefaults: applyDaemonSetDefaults,
  validate: validateDaemonSet,
  validateUpdate: validateSelectorUnchanged,
  validateStatusUpdate: validateDaemonSetStatusUpdate,
  prepareForCreate: prepareDaemonSetForCreate,
  prepareForUpdate: prepareDaemonSetForUpdate,
};
