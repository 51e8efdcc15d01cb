import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";

/** The status of a node's Ready condition; undefined before the node has reported for the first time. */
export function readiness({ status }: Whole<Node>): string | undefined {
  return status.conditions.find(({ type }) => type === "Ready")?.status;
}
