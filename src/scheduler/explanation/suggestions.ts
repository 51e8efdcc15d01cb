import { formatKey, keyOf, parseKey } from "../../api/object.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { Profile } from "../framework/plugin.js";
import type { Remedy } from "../framework/refusal.js";
import { changedNode } from "./changed-node.js";
import { changedPod, inSequence } from "./changed-pod.js";
import { PreparedFilters } from "./node-obstacles.js";
import { areKin, podsToFree } from "./pods-to-free.js";
import type { CandidateChange } from "./smallest-change.js";

/** A change of which it is known that it helps. */
export interface Suggestion {
  readonly text: string;
  readonly nodeName: string;
  readonly changes: readonly SuggestedChange[];
}

/** One part of it. */
interface SuggestedChange {
  readonly remedy: Remedy;
  /** Of room that has to be made: by whose leaving, as "namespace/name". */
  readonly remove: readonly string[];
}

/** For whom changes are tried out, and on what. */
export interface Trial {
  readonly pod: PodInfo;
  readonly profile: Pick<Profile, "filters">;
  readonly cluster: ClusterView;
}

/**
 * Tries a change out on the cluster as it is, which stays as it is: all filters are asked again, of the changed pod and
 * the changed node, in the company that would be left there.
 * @returns undefined when it would not help, or that cannot be known
 */
export function tryOut(candidate: CandidateChange, { pod, profile, cluster }: Trial): Suggestion | undefined {
  const { nodeName, remedies } = candidate;
  const node = cluster.node(nodeName);
  const wanted = changedPod(
    pod,
    remedies.flatMap(({ change }) => (change.kind === "pod" ? [change.patch] : [])),
  );
  const commands = remedies.flatMap(({ change }) => (change.kind === "node" ? [change.command] : []));
  if (node === undefined || wanted === undefined) return undefined;
  const named = namedPods(cluster, node, remedies);
  const freeing = freeingPods(node, remedies, pod);
  const object = changedNode(node.node, commands);
  if (object === undefined || named === undefined || freeing === undefined) return undefined;
  if (named.some((other) => areKin(other, pod))) return undefined;
  const helps = cluster.tentatively((change) => {
    for (const { uid } of [...named, ...freeing]) change.remove(uid);
    if (object !== node.node) change.setNode(object);
    const left = cluster.node(nodeName);
    return left !== undefined && new PreparedFilters(wanted, profile, cluster).refusal(left) === undefined;
  });
  return helps ? suggestion(candidate, freeing.map(nameOf)) : undefined;
}

const nameOf = ({ pod }: PodInfo): string => formatKey(keyOf(pod));

/** The pods that remedies name; undefined when one is not there, or when others would have to come. */
function namedPods(cluster: ClusterView, node: NodeInfo, remedies: readonly Remedy[]): readonly PodInfo[] | undefined {
  const found: PodInfo[] = [];
  for (const { change } of remedies) {
    if (change.kind !== "pods") continue;
    if (change.remove.length === 0) return undefined;
    for (const name of change.remove) {
      const pod = podNamed(name, [node, ...cluster.nodes()]);
      if (pod === undefined) return undefined;
      found.push(pod);
    }
  }
  return found;
}

function podNamed(name: string, nodes: readonly NodeInfo[]): PodInfo | undefined {
  const key = parseKey(name);
  for (const { pods } of nodes) {
    for (const info of pods.values()) {
      const { metadata } = info.pod;
      if (metadata.name === key.name && metadata.namespace === key.namespace) return info;
    }
  }
  return undefined;
}

/** Pods by whose leaving the room becomes free that remedies ask for. */
function freeingPods(node: NodeInfo, remedies: readonly Remedy[], wanting: PodInfo): readonly PodInfo[] | undefined {
  const needed = new Map<string, number>();
  for (const { change } of remedies) {
    if (change.kind === "free") needed.set(change.resource, Math.max(change.amount, needed.get(change.resource) ?? 0));
  }
  return podsToFree(node, needed, wanting);
}

function suggestion({ nodeName, remedies }: CandidateChange, freeing: readonly string[]): Suggestion {
  const changes = applicableInTurn(remedies).map((remedy) => ({
    remedy,
    remove: remedy.change.kind === "free" ? freeing : remedy.change.kind === "pods" ? remedy.change.remove : [],
  }));
  const byLeaving = freeing.length === 0 ? "" : ` (without ${listed(freeing)})`;
  return { text: `${remedies.map(({ text }) => text).join(" and ")}${byLeaving}`, nodeName, changes };
}

/** The same remedies, for whoever carries out one after the other. */
function applicableInTurn(remedies: readonly Remedy[]): readonly Remedy[] {
  const patches = [...inSequence(remedies.flatMap(({ change }) => (change.kind === "pod" ? [change.patch] : [])))];
  return remedies.map((remedy) => {
    const patch = remedy.change.kind === "pod" ? patches.shift() : undefined;
    return patch === undefined ? remedy : { ...remedy, change: { kind: "pod", patch } };
  });
}

// More names than these help nobody to read a sentence.
const namesShown = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).join(", ");
  return names.length > namesShown ? `${shown} and ${names.length - namesShown} more pods` : shown;
}
