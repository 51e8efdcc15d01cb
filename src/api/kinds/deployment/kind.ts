import { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import { formatLabelSelector } from "../../selectors/label-selector.js";
import type { Kind } from "../kind.js";
import { deploymentColumns } from "./columns.js";

/** Deployment. */
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
  applyDefaults: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
