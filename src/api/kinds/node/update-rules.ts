import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Whole } from "../../object.js";

/** A write of the spec leaves the status as it was. */
export function prepareNodeForUpdate(draft: Whole<Node>, previous: Whole<Node>): void {
  draft.status = structuredClone(previous.status);
}
