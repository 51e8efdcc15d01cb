import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { Obstacle, Remedy, SpecChange } from "../framework/refusal.js";
import { listPods, podName, podsInDomain } from "../topology/pods-in-domain.js";
import { isHostname, isSpreadBy } from "./pod-topology-spread-constraints.js";
import { emptiestOf, excess, type Tally } from "./pod-topology-spread-tally.js";

/** Kubernetes' name of the plugin, and its words. */
export const spreadName = "PodTopologySpread";
export const skewReason = "node(s) didn't match pod topology spread constraints";
export const labelReason = `${skewReason} (missing required label)`;

/** What a pod's constraints are judged by. */
export interface SpreadCase {
  readonly pod: PodInfo;
  readonly tallies: readonly Tally[];
  readonly cluster: ClusterView;
}

/** All constraints that a node does not meet, in numbers. */
export function explainSpread(spread: SpreadCase, node: NodeInfo): Obstacle[] {
  return spread.tallies.flatMap((tally) => {
    const domain = tally.domains.bySlot[node.slot] ?? -1;
    if (domain < 0) return [missingLabel(spread, tally, node)];
    return excess(tally, domain) > 0 ? [tooManyThere(spread, tally, { node, domain })] : [];
  });
}

function missingLabel({ pod }: SpreadCase, tally: Tally, { name }: NodeInfo): Obstacle {
  const { topologyKey } = tally.constraint;
  return {
    plugin: spreadName,
    reason: labelReason,
    detail: `it has no label ${topologyKey}, by which pods are to be spread`,
    remedies: [...labelRemedy(tally, name), ...loosen(pod, tally)],
  };
}

/** Puts the node into the emptiest domain, where one more pod always may be. */
function labelRemedy(tally: Tally, node: string): Remedy[] {
  const { topologyKey } = tally.constraint;
  const emptiest = emptiestOf(tally);
  const value = isHostname(topologyKey) ? node : emptiest?.name;
  if (value === undefined) return [];
  const label = `${topologyKey}=${value}`;
  return [{ text: `label node ${node} ${label}`, change: { kind: "node", node, command: ["label", "node", node, label] } }];
}

function tooManyThere(spread: SpreadCase, tally: Tally, place: Place): Obstacle {
  const { constraint } = tally;
  const remedies = [...fewerDomains(tally, place.domain), ...moreSkew(tally, place.domain), ...removal(spread, tally, place)];
  return {
    plugin: spreadName,
    reason: skewReason,
    detail: `${numbers(tally, place.domain)}, maxSkew is ${constraint.maxSkew}`,
    remedies: [...remedies, ...loosen(spread.pod, tally)],
  };
}

function numbers(tally: Tally, domain: number): string {
  const { constraint, domains, sums, domainCount, least } = tally;
  const { topologyKey, meaning, minDomains } = constraint;
  const key = isHostname(topologyKey) ? "node" : shortKey(topologyKey);
  const count = Math.max(sums[domain] ?? 0, 0);
  const there = `${key} ${domains.nameOf(domain)} has ${count} ${count === 1 ? "pod" : "pods"}${meaning}`;
  if (domainCount < minDomains) {
    return `${there}, and with ${domainCount} of the ${minDomains} domains that minDomains asks for the emptiest counts as 0`;
  }
  const emptiest = emptiestOf(tally);
  return emptiest === undefined ? there : `${there}, the emptiest, ${emptiest.name}, has ${least}`;
}

/** "zone" of "topology.kubernetes.io/zone". */
const shortKey = (key: string): string => key.slice(key.lastIndexOf("/") + 1);

const pathOf = (index: number): string => `/spec/topologySpreadConstraints/${index}`;

function podRemedy(text: string, ...patch: SpecChange[]): Remedy {
  return { text, change: { kind: "pod", patch } };
}

/** Helps when the emptiest domain would be full enough, were it counted. */
function fewerDomains(tally: Tally, domain: number): Remedy[] {
  const { constraint, sums, domainCount } = tally;
  const { index, minDomains, maxSkew, self } = constraint;
  const least = emptiestOf(tally)?.sum ?? 0;
  const helps = domainCount > 0 && domainCount < minDomains && Math.max(sums[domain] ?? 0, 0) + self - least <= maxSkew;
  if (index === undefined || !helps) return [];
  return [podRemedy(`lower minDomains to ${domainCount}`, { op: "replace", path: `${pathOf(index)}/minDomains`, value: domainCount })];
}

function moreSkew(tally: Tally, domain: number): Remedy[] {
  const { index, maxSkew } = tally.constraint;
  if (index === undefined) return [];
  const enough = maxSkew + excess(tally, domain);
  return [podRemedy(`raise maxSkew to ${enough}`, { op: "replace", path: `${pathOf(index)}/maxSkew`, value: enough })];
}

interface Place {
  readonly node: NodeInfo;
  readonly domain: number;
}

/** So many of the domain's pods have to go as it has too many; it is not the emptiest even then. */
function removal({ cluster, tallies }: SpreadCase, tally: Tally, { node, domain }: Place): Remedy[] {
  const { constraint, domains } = tally;
  const count = excess(tally, domain);
  const doomed = podsInDomain(cluster, domains, domain, (pod, on) => {
    const counts = tallies.every((other) => (other.domains.bySlot[on.slot] ?? -1) >= 0) && constraint.inclusion?.test(on.node) !== false;
    return counts && isSpreadBy(constraint, pod);
  }).slice(0, count);
  if (doomed.length < count) return [];
  return [{ text: `remove ${listPods(doomed)}`, change: { kind: "pods", node: node.name, remove: doomed.map(podName) } }];
}

/** Lets the constraint be a wish, or drops it where there is such a wish already. */
function loosen({ pod }: PodInfo, { constraint: { index, topologyKey } }: Tally): Remedy[] {
  if (index === undefined) return [];
  const all = pod.spec.topologySpreadConstraints;
  const path = pathOf(index);
  const key = shortKey(topologyKey);
  const isWishedAlready = all.some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === "ScheduleAnyway");
  const drop = podRemedy(`drop the constraint on ${key}`, { op: "remove", path });
  if (isWishedAlready) return [drop];
  const hasMinDomains = all[index]?.minDomains !== undefined;
  const soften: SpecChange = { op: "replace", path: `${path}/whenUnsatisfiable`, value: "ScheduleAnyway" };
  // Only what must hold can say how many domains there must be.
  const change: SpecChange[] = hasMinDomains ? [{ op: "remove", path: `${path}/minDomains` }, soften] : [soften];
  return [podRemedy(`make the constraint on ${key} ScheduleAnyway`, ...change), drop];
}
