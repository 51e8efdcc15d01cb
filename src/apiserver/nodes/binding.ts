import { conflict } from "../../api/errors.js";
import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Binding } from "../../gen/howbernetes/core/v1/binding.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodCondition, type PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

export interface BindingPlan {
  readonly binding: Binding;
  readonly nodeName: string;
  readonly nowMs: number;
}

/**
 * Assigns a draft of a pod to a node, and says so in its PodScheduled condition; no node is promised to it any more.
 * @throws ApiError Conflict when it has a node already, is being deleted, or waits for gates to open
 */
export function applyBinding(draft: Whole<Pod>, { binding, nodeName, nowMs }: BindingPlan): void {
  const { metadata, spec, status } = draft;
  const subject = { group: "", kind: "pods/binding", name: metadata.name };
  if (metadata.deletionTimestamp !== undefined)
    throw conflict(subject, `pod ${metadata.name} is being deleted, cannot be assigned to a host`);
  const assigned = spec.nodeName ?? "";
  if (assigned !== "") throw conflict(subject, `pod ${metadata.name} is already assigned to node "${assigned}"`);
  if (spec.schedulingGates.length > 0) throw conflict(subject, `pod ${metadata.name} has non-empty .spec.schedulingGates`);

  spec.nodeName = nodeName;
  // What was promised has been kept, or was not needed.
  status.nominatedNodeName = undefined;
  Object.assign(metadata.annotations, binding.metadata?.annotations);
  status.conditions = scheduled(status, nowMs);
}

function scheduled({ conditions }: PodStatus, nowMs: number): PodStatus["conditions"] {
  const condition = PodCondition.fromPartial({ type: "PodScheduled", status: "True", lastTransitionTime: timeFromMs(nowMs) });
  const others = conditions.filter(({ type }) => type !== condition.type);
  return [...others, condition];
}
