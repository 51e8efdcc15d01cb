import { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Kind } from "../kind.js";
import { nodeColumns } from "./columns.js";
import { applyNodeDefaults } from "./defaults.js";
import { prepareNodeForStatusUpdate, prepareNodeForUpdate } from "./update-rules.js";
import { validateNode, validateNodeStatusUpdate, validateNodeUpdate } from "./validation.js";

/** A machine that runs pods. */
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
  applyDefaults: applyNodeDefaults,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeStatusUpdate,
  // A node registers with the status it has: nothing to set.
  prepareForCreate: () => undefined,
  prepareForUpdate: prepareNodeForUpdate,
  prepareForStatusUpdate: prepareNodeForStatusUpdate,
};
