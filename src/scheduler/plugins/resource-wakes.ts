import type { Whole } from "../../api/object.js";
import { quantityNumber } from "../../api/values/quantity.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { type Resources, readResources } from "../cluster/resources.js";
import type { WakeHints } from "../framework/cluster-event.js";

/** Says of an extended resource that somebody else sees to it. */
type IgnoresResource = (name: string) => boolean;

const ignoresNothing: IgnoresResource = () => false;

/** Whether a node has room for a pod: for all that it asks for, and for one pod more. */
export function fitsOn(
  { requests }: PodInfo,
  { allocatable, requested, podCount, maxPods }: NodeInfo,
  isIgnored: IgnoresResource = ignoresNothing,
): boolean {
  return (
    podCount < maxPods &&
    // A pod that asks for none of a resource fits even where that resource is overcommitted.
    (requests.cpu <= 0 || requests.cpu <= allocatable.cpu - requested.cpu) &&
    (requests.memory <= 0 || requests.memory <= allocatable.memory - requested.memory) &&
    (requests.ephemeralStorage <= 0 || requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage) &&
    (requests.extended === undefined || hasExtended(requests.extended, { allocatable, requested }, isIgnored))
  );
}

function hasExtended(
  wanted: ReadonlyMap<string, number>,
  { allocatable, requested }: Pick<NodeInfo, "allocatable" | "requested">,
  isIgnored: IgnoresResource,
): boolean {
  const [all, taken] = [allocatable.extended, requested.extended];
  for (const [name, amount] of wanted) {
    if (amount > 0 && amount > (all?.get(name) ?? 0) - (taken?.get(name) ?? 0) && !isIgnored(name)) return false;
  }
  return true;
}

/**
 * What may let a pod fit that a lack of resources kept out. Asked for every such pod each time that some pod leaves: it
 * looks at the node as it is by then, where Kubernetes' hints say yes to whatever leaves.
 */
export function resourceWakes(cluster: ClusterView, isIgnored: IgnoresResource): WakeHints {
  const lowest = lowestPriorities();
  const sizes = nodeSizes();
  const mayFit = (nodeName: string, pod: PodInfo): boolean => {
    const node = cluster.node(nodeName);
    // Where others yield to it, less room than it needs may be enough.
    return node !== undefined && (fitsOn(pod, node, isIgnored) || lowest(node) < pod.priority);
  };
  return {
    nodeAdded: ({ node }, pod) => mayFit(node.metadata.name, pod),
    nodeUpdated: ({ node, previous }, pod) => sizes.hasGrown(node, previous, pod) && mayFit(node.metadata.name, pod),
    podGone: ({ nodeName }, pod) => mayFit(nodeName, pod),
    podUpdated: ({ pod: other, previous, nodeName }, pod) => isMore(previous.requests, other.requests, pod) && mayFit(nodeName, pod),
  };
}

/** Whether there is more of anything that a pod asks for. */
function isMore(more: Resources, than: Resources, { requests }: PodInfo): boolean {
  if (requests.cpu > 0 && more.cpu > than.cpu) return true;
  if (requests.memory > 0 && more.memory > than.memory) return true;
  if (requests.ephemeralStorage > 0 && more.ephemeralStorage > than.ephemeralStorage) return true;
  for (const name of requests.extended?.keys() ?? []) if ((more.extended?.get(name) ?? 0) > (than.extended?.get(name) ?? 0)) return true;
  return false;
}

/** The lowest priority of a node's pods, found out once for each state of the node. */
function lowestPriorities(): (node: NodeInfo) => number {
  const known = new WeakMap<NodeInfo, { readonly generation: number; readonly priority: number }>();
  return (node) => {
    const { generation } = node;
    const before = known.get(node);
    if (before?.generation === generation) return before.priority;
    let lowest = Number.POSITIVE_INFINITY;
    for (const { priority } of node.pods.values()) lowest = Math.min(lowest, priority);
    known.set(node, { generation, priority: lowest });
    return lowest;
  };
}

interface NodeSize {
  readonly allocatable: Resources;
  readonly maxPods: number;
}

/** What nodes have, read once for each version of a node however many pods an event is compared with. */
function nodeSizes() {
  const known = new WeakMap<Whole<Node>, NodeSize>();
  const sizeOf = (node: Whole<Node>): NodeSize => {
    const { allocatable } = node.status;
    const size = known.get(node) ?? { allocatable: readResources(allocatable), maxPods: quantityNumber(allocatable.pods) };
    known.set(node, size);
    return size;
  };
  return {
    hasGrown: (node: Whole<Node>, previous: Whole<Node>, pod: PodInfo): boolean => {
      const [now, before] = [sizeOf(node), sizeOf(previous)];
      return now.maxPods > before.maxPods || isMore(now.allocatable, before.allocatable, pod);
    },
  };
}
