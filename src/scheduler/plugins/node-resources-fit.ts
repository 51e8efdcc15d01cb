import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { amountOf, namesOf } from "../cluster/resources.js";
import type { FilterPlugin, PodFilter, ScorePlugin } from "../framework/plugin.js";
import { lastingRefusal, type Refusal, refusal } from "../framework/refusal.js";
import { insufficient, resourceObstacles, tooManyPods } from "./resource-obstacles.js";
import { fitsOn, resourceWakes } from "./resource-wakes.js";
import { prepareStrategy, type ScoringStrategy } from "./scoring-strategy.js";

const name = "NodeResourcesFit";

/** How NodeResourcesFit is to work. */
export interface NodeResourcesFitArgs {
  /** Which nodes are better; by default those of which the least is taken, of cpu and memory alike. */
  readonly strategy?: ScoringStrategy | undefined;
  /** Extended resources that somebody else sees to. */
  readonly ignoredResources?: readonly string[] | undefined;
  /** The same by what precedes the slash: "example.com". */
  readonly ignoredResourceGroups?: readonly string[] | undefined;
}

/** Kubernetes' default. */
const leastAllocated: ScoringStrategy = {
  type: "LeastAllocated",
  resources: [
    { name: "cpu", weight: 1 },
    { name: "memory", weight: 1 },
  ],
};

/**
 * Admits a node whose unreserved resources cover the pod's requests, and prefers nodes by a strategy. Counts requests,
 * never usage: usage may change after binding.
 */
export function createNodeResourcesFit(cluster: ClusterView, args: NodeResourcesFitArgs = {}): FilterPlugin & ScorePlugin {
  const { strategy = leastAllocated, ignoredResources = [], ignoredResourceGroups = [] } = args;
  const isIgnored = (resource: string): boolean =>
    ignoredResources.includes(resource) || ignoredResourceGroups.includes(resource.split("/", 1)[0] ?? "");
  const countedNames = ({ requests }: PodInfo): readonly string[] =>
    namesOf(requests).filter((resource) => !requests.extended?.has(resource) || !isIgnored(resource));
  const refusals = new Map<string, Refusals>();
  return {
    name,
    scope: "node",
    prepareFilter: (pod) => prepareFilter(pod, countedNames(pod), refusals),
    prepareScore: prepareStrategy(strategy),
    wakes: resourceWakes(cluster, isIgnored),
  };
}

/** The refusals for lacking some of the resources that a pod asks for, by a bit each. */
type Refusals = Map<number, Refusal>;

const lastingBit = 1 << 29;
// A number has no more bits: of so many resources the last are told of together.
const bitOf = (index: number): number => 2 << Math.min(index, 26);

function prepareFilter(pod: PodInfo, names: readonly string[], all: Map<string, Refusals>): PodFilter {
  const refusals = refusalsFor(names, all);
  const fitsQuickly = pod.requests.extended === undefined;
  return {
    check: (node) => (fitsQuickly && fitsOn(pod, node) ? undefined : shortageOf(pod, node, names, refusals)),
    explain: (node) => resourceObstacles({ plugin: name, pod, node, resources: names }),
  };
}

function refusalsFor(names: readonly string[], all: Map<string, Refusals>): Refusals {
  const key = names.join();
  const known = all.get(key);
  if (known !== undefined) return known;
  const made: Refusals = new Map();
  // There are as many as sets of resources that pods ask for; nothing keeps anybody from making up new ones.
  if (all.size < 1000) all.set(key, made);
  return made;
}

function shortageOf({ requests }: PodInfo, node: NodeInfo, names: readonly string[], refusals: Refusals): Refusal | undefined {
  const { allocatable, requested } = node;
  let short = node.podCount >= node.maxPods ? 1 : 0;
  for (let index = 0; index < names.length; index++) {
    const resource = names[index] ?? "";
    const amount = amountOf(requests, resource);
    const capacity = amountOf(allocatable, resource);
    if (amount <= capacity - amountOf(requested, resource)) continue;
    short |= bitOf(index);
    // Whoever leaves the node, it is too small.
    if (amount > capacity) short |= lastingBit;
  }
  if (short === 0) return undefined;
  return refusals.get(short) ?? makeRefusal(short, names, refusals);
}

function makeRefusal(short: number, names: readonly string[], refusals: Refusals): Refusal {
  const lacking = names.filter((_, index) => (short & bitOf(index)) !== 0).map(insufficient);
  const reasons = [...((short & 1) === 0 ? [] : [tooManyPods]), ...lacking];
  const made = (short & lastingBit) === 0 ? refusal(name, ...reasons) : lastingRefusal(name, ...reasons);
  refusals.set(short, made);
  return made;
}
