import type { Whole } from "../api/object.js";
import { type HostPort, podHostPorts } from "../api/scheduling/host-ports.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import { podRequests, type Resources } from "./resources.js";

/** The name under which a pod asks for this scheduler. */
export const defaultSchedulerName = "default-scheduler";

/** A pod and what scheduling asks of it, computed once. */
export interface PodInfo {
  readonly pod: Whole<Pod>;
  readonly uid: string;
  readonly requests: Resources;
  readonly hostPorts: readonly HostPort[];
}

export function podInfo(pod: Whole<Pod>): PodInfo {
  return { pod, uid: pod.metadata.uid, requests: podRequests(pod.spec), hostPorts: podHostPorts(pod.spec) };
}

/** The node that a pod is bound to, or "". */
export const nodeNameOf = (pod: Whole<Pod>): string => pod.spec.nodeName ?? "";

/** Whether a pod has run to its end and takes nothing of its node any more. */
export function isFinished({ status }: Whole<Pod>): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

/** Whether this scheduler has to find the pod a node. */
export function needsNode(pod: Whole<Pod>): boolean {
  const mine = (pod.spec.schedulerName ?? "") === defaultSchedulerName || (pod.spec.schedulerName ?? "") === "";
  return mine && nodeNameOf(pod) === "" && pod.metadata.deletionTimestamp === undefined && !isFinished(pod);
}
