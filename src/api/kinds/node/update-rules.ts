import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Whole } from "../../object.js";
import { isExtendedResource } from "../../validation/resource-names.js";
import { sameValue } from "../same-value.js";

/** A write of the spec leaves the status as it was. */
export function prepareNodeForUpdate(draft: Whole<Node>, previous: Whole<Node>): void {
  draft.status = structuredClone(previous.status);
}

/**
 * Lets pods have what an administrator has just said that the node has, as "example.com/gpu", unless it was also said
 * how much of it.
 *
 * Unlike Kubernetes: at once, not when the node reports next.
 */
export function prepareNodeForStatusUpdate({ status: next }: Whole<Node>, { status: previous }: Whole<Node>): void {
  const names = new Set([...Object.keys(next.capacity), ...Object.keys(previous.capacity)].filter(isExtendedResource));
  for (const name of names) {
    const capacity = next.capacity[name];
    const isNews = !sameValue(capacity, previous.capacity[name]);
    if (!isNews || !sameValue(next.allocatable[name], previous.allocatable[name])) continue;
    if (capacity === undefined) delete next.allocatable[name];
    else next.allocatable[name] = { ...capacity };
  }
}
