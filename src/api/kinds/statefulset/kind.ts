import { StatefulSet } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import { formatLabelSelector } from "../../selectors/label-selector.js";
import type { Kind } from "../kind.js";
import { statefulSetColumns } from "./columns.js";
import { applyStatefulSetDefaults } from "./defaults.js";
import { validateStatefulSetStatusUpdate } from "./status-validation.js";
import { prepareStatefulSetForCreate, prepareStatefulSetForUpdate, validateStatefulSetUpdate } from "./update-rules.js";
import { validateStatefulSet } from "./validation.js";

/** Pods that keep their names, each replaced by one of the same name. */
export const statefulSetKind: Kind<StatefulSet> = {
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  plural: "statefulsets",
  singular: "statefulset",
  shortNames: ["sts"],
  categories: ["all"],
  namespaced: true,
  nameFormat: "label",
  hasStatus: true,
  message: StatefulSet,
  typeName: "howbernetes.apps.v1.StatefulSet",
  scale: {
    read: ({ spec }) => spec.replicas ?? 0,
    readStatus: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    write: (draft, replicas) => {
      draft.spec.replicas = replicas;
    },
  },
  selectableFields: {},
  columns: statefulSetColumns,
  applyDefaults: applyStatefulSetDefaults,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatusUpdate,
  prepareForCreate: prepareStatefulSetForCreate,
  prepareForUpdate: prepareStatefulSetForUpdate,
};
