import { ControllerRevision } from "../../../gen/howbernetes/apps/v1/controller_revision.js";
import type { Kind } from "../kind.js";
import { controllerRevisionColumns } from "./columns.js";
import { validateControllerRevision, validateControllerRevisionUpdate } from "./validation.js";

/** What a StatefulSet or DaemonSet wanted at one time, kept so that it can be gone back to. */
export const controllerRevisionKind: Kind<ControllerRevision> = {
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  singular: "controllerrevision",
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: false,
  message: ControllerRevision,
  typeName: "howbernetes.apps.v1.ControllerRevision",
  selectableFields: {},
  columns: controllerRevisionColumns,
  applyDefaults: () => undefined,
  validate: validateControllerRevision,
  validateUpdate: validateControllerRevisionUpdate,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
