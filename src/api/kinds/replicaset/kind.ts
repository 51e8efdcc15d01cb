import { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import { formatLabelSelector } from "../../selectors/label-selector.js";
import type { Kind } from "../kind.js";
import { validateSelectorUnchanged } from "../selector-immutable.js";
import { replicaSetColumns } from "./columns.js";
import { applyReplicaSetDefaults } from "./defaults.js";
import { prepareReplicaSetForCreate, prepareReplicaSetForUpdate } from "./update-rules.js";
import { validateReplicaSet, validateReplicaSetStatusUpdate } from "./validation.js";

/** A number of equal pods that is kept up. */
export const replicaSetKind: Kind<ReplicaSet> = {
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  singular: "replicaset",
  shortNames: ["rs"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: ReplicaSet,
  typeName: "howbernetes.apps.v1.ReplicaSet",
  scale: {
    read: ({ spec }) => spec.replicas ?? 0,
    readStatus: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    write: (draft, replicas) => {
      draft.spec.replicas = replicas;
    },
  },
  selectableFields: {},
  columns: replicaSetColumns,
  applyDefaults: applyReplicaSetDefaults,
  validate: validateReplicaSet,
  validateUpdate: validateSelectorUnchanged,
  validateStatusUpdate: validateReplicaSetStatusUpdate,
  prepareForCreate: prepareReplicaSetForCreate,
  prepareForUpdate: prepareReplicaSetForUpdate,
};
