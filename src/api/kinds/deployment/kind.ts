import { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import { formatLabelSelector } from "../../selectors/label-selector.js";
import type { Kind } from "../kind.js";
import { validateSelectorUnchanged } from "../selector-immutable.js";
import { deploymentColumns } from "./columns.js";
import { applyDeploymentDefaults } from "./defaults.js";
import { warnOfOnFailure } from "./on-failure.js";
import { prepareDeploymentForCreate, prepareDeploymentForUpdate } from "./update-rules.js";
import { validateDeployment, validateDeploymentStatusUpdate } from "./validation.js";

/** Pods that are kept up and rolled over to a new template. */
export const deploymentKind: Kind<Deployment> = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  singular: "deployment",
  shortNames: ["deploy"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: Deployment,
  typeName: "howbernetes.apps.v1.Deployment",
  scale: {
    read: ({ spec }) => spec.replicas ?? 0,
    readStatus: ({ status }) => status.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    write: (draft, replicas) => {
      draft.spec.replicas = replicas;
    },
  },
  selectableFields: {},
  columns: deploymentColumns,
  warnings: warnOfOnFailure,
  applyDefaults: applyDeploymentDefaults,
  validate: validateDeployment,
  validateUpdate: validateSelectorUnchanged,
  validateStatusUpdate: validateDeploymentStatusUpdate,
  prepareForCreate: prepareDeploymentForCreate,
  prepareForUpdate: prepareDeploymentForUpdate,
};
