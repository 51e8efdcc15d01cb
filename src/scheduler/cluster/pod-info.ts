import type { Whole } from "../../api/object.js";
import { type HostPort, podHostPorts } from "../../api/scheduling/host-ports.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { assumedRequests, podRequests, type Resources } from "./resources.js";

/** The name under which a pod asks for the scheduler when it does not say. */
export const defaultSchedulerName = "default-scheduler";

/** A pod and what scheduling asks of it, computed once. */
export interface PodInfo {
  readonly pod: Whole<Pod>;
  readonly uid: string;
  readonly priority: number;
  readonly requests: Resources;
  /** What it counts for when nodes are compared. */
  readonly assumedRequests: Resources;
  readonly hostPorts: readonly HostPort[];
}

export function podInfo(pod: Whole<Pod>): PodInfo {
  const { spec } = pod;
  return {
    pod,
    uid: pod.metadata.uid,
    priority: spec.priority ?? 0,
    requests: podRequests(spec),
    assumedRequests: assumedRequests(spec),
    hostPorts: podHostPorts(spec),
  };
}

/** The node that a pod is bound to, or "". */
export const nodeNameOf = (pod: Whole<Pod>): string => pod.spec.nodeName ?? "";

/** Which scheduler is to place a pod. */
export const schedulerNameOf = ({ spec }: Whole<Pod>): string => spec.schedulerName || defaultSchedulerName;

/** Whether a pod has run to its end and takes nothing of its node any more. */
export function isFinished({ status }: Whole<Pod>): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

/** Whether a pod has to be found a node. */
export function needsNode(pod: Whole<Pod>): boolean {
  return nodeNameOf(pod) === "" && pod.metadata.deletionTimestamp === undefined && !isFinished(pod);
}
