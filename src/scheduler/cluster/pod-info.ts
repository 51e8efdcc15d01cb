import type { Whole } from "../../api/object.js";
import { type HostPort, podHostPorts } from "../../api/scheduling/host-ports.js";
import type { Pod, PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
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
  /** The same object for pods alike, if that is known: see `PodShapes`. */
  readonly shape: PodShape | undefined;
}

/** What follows from a pod's spec, its namespace and its controller: pods of one shape are alike for all filters of scope "node". */
export interface PodShape {
  /** Without the name of a node. */
  readonly spec: PodSpec;
  readonly requests: Resources;
  readonly assumedRequests: Resources;
  readonly hostPorts: readonly HostPort[];
}

/** Works out a pod by itself. Where there are many, `PodShapes` lets those alike share what they have in common. */
export function podInfo(pod: Whole<Pod>): PodInfo {
  const { spec } = pod;
  return podInfoOf(pod, { requests: podRequests(spec), assumedRequests: assumedRequests(spec), hostPorts: podHostPorts(spec) }, undefined);
}

/** A pod whose spec was worked out before. */
export function podInfoOf(pod: Whole<Pod>, of: Omit<PodShape, "spec">, shape: PodShape | undefined): PodInfo {
  const { requests, assumedRequests, hostPorts } = of;
  return { pod, uid: pod.metadata.uid, priority: pod.spec.priority ?? 0, requests, assumedRequests, hostPorts, shape };
}

/** Whether two versions of a pod count the same wherever they are: nothing that is remembered by pod has to change. */
export function countsAlike(a: PodInfo, b: PodInfo): boolean {
  if (a.shape === undefined || a.shape !== b.shape) return false;
  const [before, now] = [a.pod.metadata, b.pod.metadata];
  return before.labels === now.labels && (before.deletionTimestamp === undefined) === (now.deletionTimestamp === undefined);
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
