import { ConfigMap } from "../../../gen/howbernetes/core/v1/config_map.js";
import type { Kind } from "../kind.js";
import { configMapColumns } from "./columns.js";
import { validateConfigMap, validateConfigMapUpdate } from "./validation.js";

/** Configuration for pods to consume: names and texts, or bytes. */
export const configMapKind: Kind<ConfigMap> = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  singular: "configmap",
  shortNames: ["cm"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  message: ConfigMap,
  typeName: "howbernetes.core.v1.ConfigMap",
  selectableFields: {},
  columns: configMapColumns,
  applyDefaults: () => undefined,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
