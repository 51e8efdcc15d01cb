import { isDeepStrictEqual } from "node:util";
import type { Whole } from "../api/object.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";

/** Whether a node may suit pods now that it did not suit before: anything that a filter looks at has changed. */
export function maySuitMore(node: Whole<Node>, previous: Whole<Node>): boolean {
  return !isDeepStrictEqual(filtered(node), filtered(previous));
}

function filtered({ metadata, spec, status }: Whole<Node>): object {
  return {
    labels: metadata.labels,
    taints: spec.taints,
    unschedulable: spec.unschedulable === true,
    allocatable: status.allocatable,
    ready: status.conditions.find(({ type }) => type === "Ready")?.status,
  };
}
