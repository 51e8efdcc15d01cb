import { Namespace } from "../../../gen/howbernetes/core/v1/namespace.js";
import type { Kind } from "../kind.js";
import { namespaceColumns } from "./columns.js";
import {
  applyNamespaceDefaults,
  isNamespaceHeld,
  prepareNamespaceForCreate,
  prepareNamespaceForDelete,
  prepareNamespaceForUpdate,
  validateNamespace,
  validateNamespaceStatusUpdate,
} from "./rules.js";

/** A space of names for the kinds that live in one. */
export const namespaceKind: Kind<Namespace> = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"],
  categories: [],
  namespaced: false,
  nameFormat: "label",
  hasStatus: true,
  message: Namespace,
  typeName: "howbernetes.core.v1.Namespace",
  selectableFields: { "status.phase": ({ status }) => status.phase ?? "" },
  columns: namespaceColumns,
  applyDefaults: applyNamespaceDefaults,
  validate: validateNamespace,
  validateUpdate: () => [],
  validateStatusUpdate: validateNamespaceStatusUpdate,
  prepareForCreate: prepareNamespaceForCreate,
  prepareForUpdate: prepareNamespaceForUpdate,
  prepareForDelete: prepareNamespaceForDelete,
  isHeld: isNamespaceHeld,
};
