import { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Kind } from "../kind.js";
import { nodeColumns } from "./columns.js";

/** Node. */
export const nodeKind: Kind<Node> = {
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  singular: "node",
  shortNames: ["no"],
  categories: [],
  namespaced: false,
  hasStatus: true,
  message: Node,
  typeName: "howbernetes.core.v1.Node",
  selectableFields: { "spec.unschedulable": ({ spec }) => String(spec.unschedulable ?? false) },
  columns: nodeColumns,
  applyDefaults: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
