import { controllerOf } from "../../api/owner-reference.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { amountOf } from "../cluster/resources.js";

/** How much has to become free of each resource: thousandths for cpu, bytes, or a count. */
export type Needed = ReadonlyMap<string, number>;

const takenBy = ({ requests }: PodInfo, resource: string): number => (resource === "pods" ? 1 : amountOf(requests, resource));

/**
 * Pods of a node by whose leaving enough becomes free for a pod: of no higher priority, the lowest first, and no more of
 * them than it takes. Those of DaemonSets would come back, those that are the node's own are not anybody's to remove, and
 * for the pod's own kin another one would wait in its stead.
 * @returns undefined when even all of them are not enough
 */
export function podsToFree(node: NodeInfo, needed: Needed, wanting: PodInfo): readonly PodInfo[] | undefined {
  const open = new Map([...needed].filter(([, amount]) => amount > 0));
  const chosen: PodInfo[] = [];
  const candidates = [...node.pods.values()].filter((pod) => pod.priority <= wanting.priority && mayLeave(pod) && !areKin(pod, wanting));
  while (open.size > 0) {
    const next = best(candidates, open);
    if (next === undefined) return undefined;
    candidates.splice(candidates.indexOf(next), 1);
    chosen.push(next);
    for (const [resource, amount] of open) {
      const left = amount - takenBy(next, resource);
      if (left > 0) open.set(resource, left);
      else open.delete(resource);
    }
  }
  return withoutSpare(chosen, needed);
}

/** Whether a pod can leave its node for good. */
export function mayLeave({ pod }: PodInfo): boolean {
  const owner = controllerOf(pod)?.kind;
  return owner !== "DaemonSet" && owner !== "Node" && !Object.hasOwn(pod.metadata.annotations, "kubernetes.io/config.mirror");
}

/** Whether two pods have the same controller: when one is removed, another is made that asks for the same. */
export function areKin(one: PodInfo, other: PodInfo): boolean {
  const owner = controllerOf(one.pod)?.uid;
  return owner !== undefined && owner === controllerOf(other.pod)?.uid;
}

/** Of those with the lowest priority that help at all, the one that covers most of what is still needed. */
function best(candidates: readonly PodInfo[], open: Needed): PodInfo | undefined {
  const covers = (pod: PodInfo): number =>
    [...open].reduce((sum, [resource, amount]) => sum + Math.min(1, takenBy(pod, resource) / amount), 0);
  let found: PodInfo | undefined;
  for (const pod of candidates) {
    if (covers(pod) === 0) continue;
    if (found === undefined || pod.priority < found.priority || (pod.priority === found.priority && covers(pod) > covers(found)))
      found = pod;
  }
  return found;
}

function isNeeded(pod: PodInfo, chosen: readonly PodInfo[], needed: Needed): boolean {
  return [...needed].some(
    ([resource, amount]) => chosen.reduce((sum, other) => sum + (other === pod ? 0 : takenBy(other, resource)), 0) < amount,
  );
}

/** Lets those stay that are not needed after all, the most important of them first. */
function withoutSpare(chosen: readonly PodInfo[], needed: Needed): readonly PodInfo[] {
  let rest = chosen;
  for (const pod of [...chosen].sort((a, b) => b.priority - a.priority)) {
    if (!isNeeded(pod, rest, needed)) rest = rest.filter((other) => other !== pod);
  }
  return rest;
}
