import { Secret } from "../../../gen/howbernetes/core/v1/secret.js";
import type { Kind } from "../kind.js";
import { secretColumns } from "./columns.js";
import { applySecretDefaults } from "./defaults.js";
import { validateSecret, validateSecretUpdate } from "./validation.js";

/** Confidential data for pods to consume, such as passwords, keys and registry logins. */
export const secretKind: Kind<Secret> = {
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  singular: "secret",
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: false,
  message: Secret,
  typeName: "howbernetes.core.v1.Secret",
  selectableFields: { type: ({ type }) => type ?? "" },
  columns: secretColumns,
  applyDefaults: applySecretDefaults,
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
