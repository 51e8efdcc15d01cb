import { domainOf, type Model, type ModelNode, type ModelPod, type ModelSpread, type ModelTerm } from "./model.js";

/**
 * The names of the nodes that will do for a pod: Kubernetes' rules, one after the other, each counted anew for each node
 * from all pods there are. Slow, and as plain as can be.
 */
export function feasibleNodes(pod: ModelPod, model: Model): readonly string[] {
  return model.nodes.filter((node) => isFeasible(pod, node, model)).map(({ name }) => name);
}

function isFeasible(pod: ModelPod, node: ModelNode, model: Model): boolean {
  return (
    !node.isCordoned &&
    node.isReady &&
    toleratesAll(pod, node) &&
    matchesLabels(pod, node) &&
    hasPort(pod, node, model) &&
    hasRoom(pod, node, model) &&
    pod.spread.filter(({ isHard }) => isHard).every((constraint) => keepsSkew(pod, node, constraint, model)) &&
    isNear(pod, node, model) &&
    pod.far.every((term) => countNear(pod, term, node, model) === 0) &&
    isWelcome(pod, node, model)
  );
}

/** NoSchedule and NoExecute alike. */
export function toleratesAll(pod: ModelPod, { taints }: ModelNode): boolean {
  return taints.every(({ key, effect }) => effect === "PreferNoSchedule" || pod.tolerates.includes(key));
}

/** nodeSelector and required node affinity. */
export function matchesLabels({ selectsDisk, needsDisks }: ModelPod, { disk }: ModelNode): boolean {
  if (selectsDisk !== undefined && disk !== selectsDisk) return false;
  return needsDisks === undefined || (disk !== undefined && needsDisks.includes(disk));
}

function on(node: ModelNode, model: Model): ModelPod[] {
  return model.placed.filter(({ nodeName }) => nodeName === node.name).map(({ pod }) => pod);
}

function hasPort(pod: ModelPod, node: ModelNode, model: Model): boolean {
  return pod.hostPort === undefined || !on(node, model).some(({ hostPort }) => hostPort === pod.hostPort);
}

function hasRoom(pod: ModelPod, node: ModelNode, model: Model): boolean {
  const others = on(node, model);
  const sum = (of: (each: ModelPod) => number | undefined): number => others.reduce((total, each) => total + (of(each) ?? 0), 0);
  const fits = (wanted: number | undefined, used: number, capacity: number): boolean => !wanted || used + wanted <= capacity;
  return (
    others.length < node.maxPods &&
    fits(
      pod.milliCpu,
      sum(({ milliCpu }) => milliCpu),
      node.milliCpu,
    ) &&
    fits(
      pod.mebibytes,
      sum(({ mebibytes }) => mebibytes),
      node.mebibytes,
    )
  );
}

/** The nodes whose pods count for a constraint: those that the pod could go to by its labels, and by taints if it says so. */
export function countingNodes(pod: ModelPod, { honorsTaints }: ModelSpread, model: Model): readonly ModelNode[] {
  return model.nodes.filter((node) => matchesLabels(pod, node) && (!honorsTaints || toleratesAll(pod, node)));
}

function keepsSkew(pod: ModelPod, node: ModelNode, constraint: ModelSpread, model: Model): boolean {
  const domain = domainOf(node, constraint.key);
  if (domain === undefined) return false;
  const hard = pod.spread.filter(({ isHard }) => isHard);
  const counts = new Map<string, number>();
  for (const each of countingNodes(pod, constraint, model)) {
    // A node that lacks a label of any of the constraints counts for none of them.
    if (hard.some(({ key }) => domainOf(each, key) === undefined)) continue;
    const its = domainOf(each, constraint.key);
    if (its !== undefined) counts.set(its, (counts.get(its) ?? 0) + spreadPods(each, pod, constraint.app, model));
  }
  const emptiest = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
  const self = pod.app === constraint.app ? 1 : 0;
  return (counts.get(domain) ?? 0) + self - emptiest <= constraint.maxSkew;
}

/** Pods on a node that a constraint of `pod` counts: of its namespace. */
export function spreadPods(node: ModelNode, pod: ModelPod, app: string, model: Model): number {
  return on(node, model).filter((other) => other.namespace === pod.namespace && other.app === app).length;
}

/** Whether a term of `holder` means `other`. */
export function means(holder: ModelPod, term: ModelTerm, other: ModelPod, model: Model): boolean {
  const { namespaces, team } = term;
  const isOwn = namespaces.length === 0 && team === undefined && other.namespace === holder.namespace;
  const isOfTeam = team !== undefined && model.teams[other.namespace] === team;
  return other.app === term.app && (isOwn || isOfTeam || namespaces.includes(other.namespace));
}

/** Whether two nodes are in one domain of a key. */
export function share(a: ModelNode, b: ModelNode, { key }: ModelTerm): boolean {
  return domainOf(a, key) !== undefined && domainOf(a, key) === domainOf(b, key);
}

function countNear(pod: ModelPod, term: ModelTerm, node: ModelNode, model: Model): number {
  return model.nodes
    .filter((other) => share(other, node, term))
    .flatMap((other) => on(other, model))
    .filter((other) => means(pod, term, other, model)).length;
}

function isNear(pod: ModelPod, node: ModelNode, model: Model): boolean {
  if (pod.near.some(({ key }) => domainOf(node, key) === undefined)) return false;
  // A pod counts for affinity only if every term of the pod means it.
  const meant = (other: ModelPod): boolean => pod.near.every((term) => means(pod, term, other, model));
  const hasCompany = pod.near.every((term) => model.nodes.some((other) => share(other, node, term) && on(other, model).some(meant)));
  if (hasCompany) return true;
  // The first of its kind may go anywhere: nobody is there to be near to, and it would be near to itself.
  const isFirst = !model.nodes.some(
    (other) => pod.near.some(({ key }) => domainOf(other, key) !== undefined) && on(other, model).some(meant),
  );
  return isFirst && meant(pod);
}

/** No pod that is there wants to be far from it. */
function isWelcome(pod: ModelPod, node: ModelNode, model: Model): boolean {
  return !model.nodes.some((other) =>
    on(other, model).some((holder) => holder.far.some((term) => share(other, node, term) && means(holder, term, pod, model))),
  );
}
