import { countingNodes, means, share, spreadPods } from "./feasible.js";
import { domainOf, type Model, type ModelNode, type ModelPod, type ModelSpread, type ModelTerm, type TopologyKey } from "./model.js";

/** How good each of these feasible nodes is for a pod: Kubernetes' scores and weights, rounded only where that is part of the rule. */
export function scoresOf(pod: ModelPod, feasible: readonly ModelNode[], model: Model): readonly number[] {
  const columns: readonly (readonly [weight: number, scores: readonly number[]])[] = [
    [3, falling(feasible.map((node) => unwelcome(pod, node)))],
    [2, rising(feasible.map((node) => liked(pod, node)))],
    [2, spreadScores(pod, feasible, model)],
    [2, companyScores(pod, feasible, model)],
    [1, feasible.map((node) => leastAllocated(pod, node, model))],
    [1, feasible.map((node) => balanced(pod, node, model))],
    [1, feasible.map((node) => imageScore(pod, node, model))],
  ];
  return feasible.map((_, index) => columns.reduce((sum, [weight, scores]) => sum + weight * (scores[index] ?? 0), 0));
}

/** The greatest is 100. */
function rising(raw: readonly number[]): readonly number[] {
  const most = Math.max(...raw);
  return most === 0 ? raw : raw.map((score) => (100 * score) / most);
}

/** The greatest is 0. */
function falling(raw: readonly number[]): readonly number[] {
  return rising(raw).map((score) => 100 - score);
}

function unwelcome(pod: ModelPod, { taints }: ModelNode): number {
  return taints.filter(({ key, effect }) => effect === "PreferNoSchedule" && !pod.tolerates.includes(key)).length;
}

function liked({ likesDisks }: ModelPod, { disk }: ModelNode): number {
  return likesDisks.filter((each) => each.disk === disk).reduce((sum, { weight }) => sum + weight, 0);
}

const placedOn = (node: ModelNode, model: Model): ModelPod[] =>
  model.placed.filter(({ nodeName }) => nodeName === node.name).map(({ pod }) => pod);

// What a container that asks for none is taken to use.
const cpuOf = ({ milliCpu }: ModelPod): number => milliCpu ?? 100;
const memoryOf = ({ mebibytes }: ModelPod): number => mebibytes ?? 200;

function leastAllocated(pod: ModelPod, node: ModelNode, model: Model): number {
  const all = [...placedOn(node, model), pod];
  const free = (of: (each: ModelPod) => number, capacity: number): number =>
    Math.max(0, (100 * (capacity - all.reduce((sum, each) => sum + of(each), 0))) / capacity);
  return (free(cpuOf, node.milliCpu) + free(memoryOf, node.mebibytes)) / 2;
}

function balanced(pod: ModelPod, node: ModelNode, model: Model): number {
  // Of a pod that asks for nothing Kubernetes does not ask.
  if (!pod.milliCpu && !pod.mebibytes) return 0;
  const all = [...placedOn(node, model), pod];
  const share = (of: (each: ModelPod) => number | undefined, capacity: number): number =>
    Math.min(1, all.reduce((sum, each) => sum + (of(each) ?? 0), 0) / capacity);
  const cpu = share(({ milliCpu }) => milliCpu, node.milliCpu);
  const memory = share(({ mebibytes }) => mebibytes, node.mebibytes);
  return 100 * (1 - Math.abs(cpu - memory) / 2);
}

function imageScore({ image }: ModelPod, node: ModelNode, model: Model): number {
  const size = node.images[image];
  if (size === undefined) return 0;
  const having = model.nodes.filter(({ images }) => images[image] !== undefined).length;
  const scaled = (size * having) / model.nodes.length;
  return (100 * (Math.min(Math.max(scaled, 23), 1000) - 23)) / (1000 - 23);
}

/** What Kubernetes wishes for pods of a controller that say nothing themselves. */
const defaults: readonly (readonly [key: TopologyKey, maxSkew: number])[] = [
  ["kubernetes.io/hostname", 3],
  ["topology.kubernetes.io/zone", 5],
];

interface SoftConstraint {
  readonly key: TopologyKey;
  readonly maxSkew: number;
  readonly honorsTaints: boolean;
  count(node: ModelNode): number;
}

function softConstraints(pod: ModelPod, model: Model): readonly SoftConstraint[] {
  if (pod.spread.length === 0) {
    if (pod.owner === undefined) return [];
    const siblings = (node: ModelNode): number =>
      placedOn(node, model).filter(({ owner, namespace }) => owner === pod.owner && namespace === pod.namespace).length;
    return defaults.map(([key, maxSkew]) => ({ key, maxSkew, honorsTaints: false, count: siblings }));
  }
  return pod.spread
    .filter(({ isHard }) => !isHard)
    .map(({ key, maxSkew, honorsTaints, app }) => ({ key, maxSkew, honorsTaints, count: (node) => spreadPods(node, pod, app, model) }));
}

function spreadScores(pod: ModelPod, feasible: readonly ModelNode[], model: Model): readonly number[] {
  const constraints = softConstraints(pod, model);
  if (constraints.length === 0) return feasible.map(() => 0);
  const isOwn = pod.spread.length > 0;
  const isLeftOut = (node: ModelNode): boolean => isOwn && constraints.some(({ key }) => domainOf(node, key) === undefined);
  const raw = feasible.map((node) => {
    if (isLeftOut(node)) return undefined;
    return Math.round(constraints.reduce((sum, constraint) => sum + crowd(pod, node, constraint, { feasible, isLeftOut, model }), 0));
  });
  const known = raw.filter((score) => score !== undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return raw.map((score) => (score === undefined ? 0 : most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most)));
}

interface Around {
  readonly feasible: readonly ModelNode[];
  readonly isLeftOut: (node: ModelNode) => boolean;
  readonly model: Model;
}

/** How crowded a node's domain is, the less it counts the fewer domains there are; nodes without the label are one, too. */
function crowd(pod: ModelPod, node: ModelNode, constraint: SoftConstraint, { feasible, isLeftOut, model }: Around): number {
  const { key, maxSkew } = constraint;
  const domain = domainOf(node, key);
  if (domain === undefined) return 0;
  const taking = feasible.filter((each) => !isLeftOut(each));
  const isHost = key === "kubernetes.io/hostname";
  const domains = isHost ? taking.length : new Set(taking.map((each) => domainOf(each, key))).size;
  const counting = countingNodes(pod, { ...constraint, isHard: false, app: "", minDomains: undefined } satisfies ModelSpread, model)
    .filter((each) => !isLeftOut(each))
    .filter((each) => domainOf(each, key) === domain);
  const count = (isHost ? [node] : counting).reduce((sum, each) => sum + constraint.count(each), 0);
  return count * Math.log(domains + 2) + (maxSkew - 1);
}

function companyScores(pod: ModelPod, feasible: readonly ModelNode[], model: Model): readonly number[] {
  const raw = feasible.map((node) => company(pod, node, model));
  const [least, most] = [Math.min(...raw), Math.max(...raw)];
  return raw.map((score) => (most === least ? 0 : Math.floor((100 * (score - least)) / (most - least))));
}

/** All wishes that would come true on a node, its own and those of pods that are there, less all that would be disappointed. */
function company(pod: ModelPod, node: ModelNode, model: Model): number {
  let sum = 0;
  for (const there of model.nodes) {
    for (const other of placedOn(there, model)) {
      const wish = (holder: ModelPod, term: ModelTerm, meant: ModelPod, weight: number): void => {
        if (share(there, node, term) && means(holder, term, meant, model)) sum += weight;
      };
      for (const { term, weight } of pod.likesNear) wish(pod, term, other, weight);
      for (const { term, weight } of pod.likesFar) wish(pod, term, other, -weight);
      for (const { term, weight } of other.likesNear) wish(other, term, pod, weight);
      for (const { term, weight } of other.likesFar) wish(other, term, pod, -weight);
      for (const term of other.near) wish(other, term, pod, 1);
    }
  }
  return sum;
}
