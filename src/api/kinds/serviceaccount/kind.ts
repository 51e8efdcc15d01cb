import { ObjectReference } from "../../../gen/howbernetes/core/v1/reference.js";
import { ServiceAccount } from "../../../gen/howbernetes/core/v1/service_account.js";
import type { Whole } from "../../object.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Kind } from "../kind.js";

/** An identity for pods to run under. */
export const serviceAccountKind: Kind<ServiceAccount> = {
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  singular: "serviceaccount",
  shortNames: ["sa"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  message: ServiceAccount,
  typeName: "howbernetes.core.v1.ServiceAccount",
  selectableFields: {},
  columns: [nameColumn, ageColumn],
  applyDefaults: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  prepareForCreate: keepNamesOfSecrets,
  prepareForUpdate: keepNamesOfSecrets,
};

/** Secrets are always in the account's own namespace: of a reference to one only the name means anything. */
function keepNamesOfSecrets(draft: Whole<ServiceAccount>): void {
  draft.secrets = draft.secrets.map(({ name }) => ObjectReference.fromPartial({ name }));
}
