import { formatKey, keyOf } from "../../api/object.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { Domains } from "./topology-domains.js";

/** The placed pods in a domain that pass, in the order of their priority, the lowest first. Looks at all pods: for explanations. */
export function podsInDomain(
  cluster: ClusterView,
  { bySlot }: Domains,
  domain: number,
  passes: (pod: PodInfo, node: NodeInfo) => boolean,
): PodInfo[] {
  const found = cluster
    .nodes()
    .filter(({ slot }) => bySlot[slot] === domain)
    .flatMap((node) => [...node.pods.values()].filter((pod) => passes(pod, node)));
  return found.sort((a, b) => a.priority - b.priority);
}

/** As "default/web". */
export const podName = ({ pod }: PodInfo): string => formatKey(keyOf(pod));

const shownNames = 3;

/** As "default/a, default/b and 4 others". */
export function listPods(pods: readonly PodInfo[]): string {
  const names = pods.slice(0, shownNames).map(podName);
  const more = pods.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} ${more === 1 ? "other" : "others"}`;
}
