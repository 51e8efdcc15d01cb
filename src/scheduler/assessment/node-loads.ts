import type { PlanRebalanceResponse_NodeLoad } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** What nodes are kept even in. */
const balanced = ["cpu", "memory"] as const;
export type BalancedResource = (typeof balanced)[number];

/** Of each resource, the share of all nodes that pods ask for. */
export type MeanShares = Readonly<Record<BalancedResource, number>>;

/** A node that is far above the mean. */
export interface Excess {
  readonly resource: BalancedResource;
  /** By how much it exceeds mean and threshold, as a share of the node. */
  readonly share: number;
}

/** Whether pods could be moved to a node, so that it counts in the mean. */
const takesPods = ({ node, isReady }: NodeInfo): boolean => isReady && node.spec.unschedulable !== true;

/** What is asked of all nodes that take pods, of all that they have. */
export function meanShares(cluster: ClusterView): MeanShares {
  const nodes = cluster.nodes().filter(takesPods);
  const mean = (resource: BalancedResource): number => {
    const capacity = nodes.reduce((sum, { allocatable }) => sum + allocatable[resource], 0);
    return capacity === 0 ? 0 : nodes.reduce((sum, { requested }) => sum + requested[resource], 0) / capacity;
  };
  return { cpu: mean("cpu"), memory: mean("memory") };
}

/** A node's requested share of a resource; with another pod on it, or without one of its own. */
export function shareOf(node: NodeInfo, resource: BalancedResource, change: { with?: PodInfo; without?: PodInfo } = {}): number {
  const capacity = node.allocatable[resource];
  const requested = node.requested[resource] + (change.with?.requests[resource] ?? 0) - (change.without?.requests[resource] ?? 0);
  return capacity === 0 ? 0 : requested / capacity;
}

/** The resource of which a node has most too much; undefined when it is not overfull. */
export function excessOf(node: NodeInfo, mean: MeanShares, threshold: number): Excess | undefined {
  const [most] = balanced
    .map((resource) => ({ resource, share: shareOf(node, resource) - mean[resource] - threshold }))
    .sort((a, b) => b.share - a.share);
  return most !== undefined && most.share > 0 ? most : undefined;
}

/** How far a node is from the mean, in all: the sum of squares. */
export function unevenness(node: NodeInfo, mean: MeanShares, change: { with?: PodInfo; without?: PodInfo } = {}): number {
  return balanced.reduce((sum, resource) => sum + (shareOf(node, resource, change) - mean[resource]) ** 2, 0);
}

/** All loads, for users, by name. */
export function nodeLoads(cluster: ClusterView): PlanRebalanceResponse_NodeLoad[] {
  return [...cluster.nodes()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, requested, allocatable, podCount }) => ({
      nodeName: name,
      cpuRequested: requested.cpu,
      cpuAllocatable: allocatable.cpu,
      memoryRequested: requested.memory,
      memoryAllocatable: allocatable.memory,
      podCount,
    }));
}
