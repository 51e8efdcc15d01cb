import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { Obstacle, Remedy } from "../framework/refusal.js";
import { type AffinityTerm, affinityTermsOf, meansPod } from "../topology/affinity-terms.js";
import { listPods, podName, podsInDomain } from "../topology/pods-in-domain.js";
import type { Domains } from "../topology/topology-domains.js";
import { type AffinityTally, countNear, type TermTally } from "./inter-pod-affinity-tally.js";

/** Kubernetes' name of the plugin, and its words. */
export const affinityName = "InterPodAffinity";
export const affinityReason = "node(s) didn't match pod affinity rules";
export const antiAffinityReason = "node(s) didn't match pod anti-affinity rules";
export const existingReason = "node(s) didn't satisfy existing pods anti-affinity rules";

/** All that pods' company has against a node, with the pods by name. */
export function explainAffinity(tally: AffinityTally, node: NodeInfo, cluster: ClusterView): Obstacle[] {
  const { sought, avoided, isFirst } = tally;
  return [
    ...sought.flatMap((one, index) => {
      const count = countNear(one, node);
      if (count === undefined) return [unlabelled(one, index, node)];
      return count === 0 && !isFirst ? [alone(one, index, node)] : [];
    }),
    ...avoided.flatMap((one, index) => (isNear(one, node) ? [crowded(one, index, { node, cluster })] : [])),
    ...tally.avoiding().flatMap((one) => (isNear(one, node) ? [avoidedThere(tally, one, { node, cluster })] : [])),
  ];
}

interface Place {
  readonly node: NodeInfo;
  readonly cluster: ClusterView;
}

const isNear = (tally: TermTally, node: NodeInfo): boolean => (countNear(tally, node) ?? 0) > 0;

function drop(kind: "podAffinity" | "podAntiAffinity", index: number, { selectorText, topologyKey }: AffinityTerm): Remedy {
  const path = `/spec/affinity/${kind}/requiredDuringSchedulingIgnoredDuringExecution/${index}`;
  const sort = kind === "podAffinity" ? "affinity" : "anti-affinity";
  return { text: `drop the pod ${sort} for ${selectorText} by ${topologyKey}`, change: { kind: "pod", patch: [{ op: "remove", path }] } };
}

function unlabelled({ term, domains, sums }: TermTally, index: number, { name }: NodeInfo): Obstacle {
  const { topologyKey } = term;
  const there = sums.findIndex((sum) => sum > 0);
  const label = `${topologyKey}=${domains.nameOf(there)}`;
  const relabel: Remedy = {
    text: `label node ${name} ${label}`,
    change: { kind: "node", node: name, command: ["label", "node", name, label] },
  };
  return {
    plugin: affinityName,
    reason: affinityReason,
    detail: `it has no label ${topologyKey}, by which the pod's affinity tells what is near`,
    remedies: [...(there < 0 ? [] : [relabel]), drop("podAffinity", index, term)],
  };
}

function alone({ term, domains, sums }: TermTally, index: number, node: NodeInfo): Obstacle {
  const place = placeOf(domains, node);
  const elsewhere = sums.findIndex((sum) => sum > 0);
  const where = elsewhere < 0 ? "nowhere is one" : `${domains.nameOf(elsewhere)} has ${sums[elsewhere]}`;
  const come: Remedy = {
    text: `run a pod with ${term.selectorText} in ${place}`,
    change: { kind: "pods", node: node.name, remove: [] },
  };
  return {
    plugin: affinityName,
    reason: affinityReason,
    detail: `no pod with ${term.selectorText} is in ${place}, ${where}`,
    remedies: [drop("podAffinity", index, term), come],
  };
}

function crowded(tally: TermTally, index: number, { node, cluster }: Place): Obstacle {
  const { term, domains } = tally;
  const near = podsNear(tally, { node, cluster }, (pod) => meansPod(term, pod, cluster.namespaceLabels(pod.pod.metadata.namespace)));
  return {
    plugin: affinityName,
    reason: antiAffinityReason,
    detail: `${placeOf(domains, node)} has ${near.length} ${near.length === 1 ? "pod" : "pods"} with ${term.selectorText}, which the pod avoids: ${listPods(near)}`,
    remedies: [removal(near, node), drop("podAntiAffinity", index, term)],
  };
}

function avoidedThere({ pod }: AffinityTally, tally: TermTally, { node, cluster }: Place): Obstacle {
  const { term, domains } = tally;
  const near = podsNear(tally, { node, cluster }, (one) => affinityTermsOf(one)?.avoided.some(({ key }) => key === term.key) === true);
  return {
    plugin: affinityName,
    reason: existingReason,
    detail: `${listPods(near)} in ${placeOf(domains, node)} ${near.length === 1 ? "avoids" : "avoid"} pods with ${term.selectorText}, as ${podName(pod)} is one`,
    remedies: [removal(near, node)],
  };
}

function podsNear({ domains }: TermTally, { node, cluster }: Place, passes: (pod: PodInfo) => boolean): PodInfo[] {
  return podsInDomain(cluster, domains, domains.bySlot[node.slot] ?? -1, passes);
}

function removal(pods: readonly PodInfo[], node: NodeInfo): Remedy {
  return { text: `remove ${listPods(pods)}`, change: { kind: "pods", node: node.name, remove: pods.map(podName) } };
}

/** As "zone a", or "node n1". */
function placeOf(domains: Domains, { slot }: NodeInfo): string {
  const { topologyKey, bySlot } = domains;
  const key = topologyKey === "kubernetes.io/hostname" ? "node" : topologyKey.slice(topologyKey.lastIndexOf("/") + 1);
  return `${key} ${domains.nameOf(bySlot[slot] ?? -1)}`;
}
