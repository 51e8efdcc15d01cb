import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Whole } from "../../object.js";

/** Fills in what of a node follows from the rest: the pods' networks, and what is allocatable when nothing is reserved. */
export function applyNodeDefaults({ spec, status }: Whole<Node>): void {
  const [first] = spec.podCIDRs;
  if (first !== undefined) spec.podCIDR ||= first;
  else if (spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  if (Object.keys(status.allocatable).length === 0) status.allocatable = structuredClone(status.capacity);
}
