import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { type DaemonPodView, type DaemonSetView, type NodeView, type RollingLimits, rollingLimits } from "./view.js";

/** What to do for a DaemonSet. All of it may be done at once. */
export interface DaemonSetPlan {
  /** Names of nodes that need a pod. */
  readonly create: readonly string[];
  /** Pods that are in the wrong place, too many, or of an old template. */
  readonly remove: readonly Whole<Pod>[];
  /** Pods that ran to their end; each is to give way to a new one, but not over and over. */
  readonly finished: readonly Whole<Pod>[];
}

const nothing: DaemonSetPlan = { create: [], remove: [], finished: [] };

/**
 * Compares the pods on each node with the one that should be there, and exchanges old pods for new ones as far as the
 * update strategy allows. Nodes that something else is done for count as without an available pod.
 */
export function planDaemonSet(view: DaemonSetView): DaemonSetPlan {
  const { daemonSet, nodes, lost } = view;
  if (daemonSet.metadata.deletionTimestamp !== undefined) return nothing;
  const isRolling = daemonSet.spec.updateStrategy?.type !== "OnDelete";
  const limits: RollingLimits = isRolling ? rollingLimits(view) : { maxSurge: 0, maxUnavailable: 0 };
  const kept = nodes.map((node) => ({ node, plan: planNode(node, limits) }));
  const calm = kept.filter(({ plan }) => plan === nothing).map(({ node }) => node);
  // Pods with a node that is gone are the pod garbage collector's; the others would wait for it for ever.
  const waiting = staying(lost).filter(({ pod }) => (pod.spec.nodeName ?? "") === "");
  const plans = [...kept.map(({ plan }) => plan), { ...nothing, remove: waiting.map(({ pod }) => pod) }];
  const desired = nodes.filter(({ shouldRun }) => shouldRun).length;
  if (isRolling) plans.push(limits.maxSurge > 0 ? planSurge(calm, desired, limits) : planExchange(calm, desired, limits));
  return {
    create: plans.flatMap(({ create }) => create),
    remove: plans.flatMap(({ remove }) => remove),
    finished: plans.flatMap(({ finished }) => finished),
  };
}

/** What a node needs, whatever the template: `nothing` itself when it needs nothing. */
function planNode(node: NodeView, { maxSurge }: RollingLimits): DaemonSetPlan {
  const { name, shouldRun, shouldStay, pods } = node;
  const left = staying(pods);
  if (!shouldStay) return left.length === 0 ? nothing : { ...nothing, remove: left.map(({ pod }) => pod) };
  const finished = left.filter((each) => each.isFinished).map(({ pod }) => pod);
  const running = left.filter((each) => !each.isFinished);
  // Without surge a node's new pod waits until the old one is really gone: they may want the same port.
  const isFree = maxSurge > 0 ? left.length === 0 : pods.length === 0;
  const create = shouldRun && isFree ? [name] : [];
  const remove = superfluous(running, maxSurge > 0).map(({ pod }) => pod);
  return create.length + remove.length + finished.length === 0 ? nothing : { create, remove, finished };
}

/** The oldest pod stays. While pods are exchanged with surge, so does the oldest of the present template beside it. */
function superfluous(running: readonly DaemonPodView[], surges: boolean): readonly DaemonPodView[] {
  const oldestNew = running.find(({ isUpdated }) => isUpdated);
  const oldestOld = running.find(({ isUpdated }) => !isUpdated);
  if (!surges || oldestNew === undefined || oldestOld === undefined) return running.slice(1);
  const others = running.filter((each) => each !== oldestNew && each !== oldestOld);
  // The old pod is there only until the new one can do without it, and only for as long as it is of use.
  return oldestNew.isAvailable || !oldestOld.isReady ? [...others, oldestOld] : others;
}

/**
 * Removes old pods, so that new ones follow where they may; of those available, as few that enough others stay so. A node
 * that should run none keeps an old one no longer than that, and nobody waits for it.
 *
 * Unlike Kubernetes, where a pod that goes from such a node counts as missing, so that a lost node holds up a rollout.
 */
function planExchange(calm: readonly NodeView[], desired: number, { maxUnavailable }: RollingLimits): DaemonSetPlan {
  const old = calm.flatMap(({ pods }) => staying(pods).filter(isOutdated));
  const available = calm.filter((node) => node.shouldRun && isServed(node)).length;
  const unavailable = desired - available;
  const broken = old.filter((each) => !each.isAvailable);
  const healthy = old.filter((each) => each.isAvailable).slice(0, Math.max(0, maxUnavailable - unavailable));
  return { ...nothing, remove: [...broken, ...healthy].map(({ pod }) => pod) };
}

/**
 * Makes new pods beside old ones; only where the old one is of no use anyway, beyond the limit. An old pod on a node that
 * should run none goes when it is of no use, or when as many nodes as should are served without it.
 */
function planSurge(calm: readonly NodeView[], desired: number, { maxSurge }: RollingLimits): DaemonSetPlan {
  const surging = calm.filter(({ shouldRun, pods }) => shouldRun && staying(pods).length > 1).length;
  const old = calm.filter(({ pods }) => staying(pods).length === 1 && staying(pods).every(isOutdated));
  const [wanted, unwanted] = [old.filter(({ shouldRun }) => shouldRun), old.filter(({ shouldRun }) => !shouldRun)];
  const create = [...unserved(wanted), ...wanted.filter(isServed).slice(0, Math.max(0, maxSurge - surging))];
  const spare = Math.max(0, calm.filter(isServed).length - desired);
  const leave = [...unserved(unwanted), ...unwanted.filter(isServed).slice(0, spare)];
  return { ...nothing, create: create.map(({ name }) => name), remove: leave.flatMap(({ pods }) => staying(pods)).map(({ pod }) => pod) };
}

/** Whether a pod that runs is of another template than the present one. */
function isOutdated({ isUpdated, isFinished }: DaemonPodView): boolean {
  return !isUpdated && !isFinished;
}

/** Whether a node has an available pod that stays. */
function isServed({ pods }: NodeView): boolean {
  return staying(pods).some(({ isAvailable }) => isAvailable);
}

/** Those of some nodes that have no available pod. */
function unserved(nodes: readonly NodeView[]): readonly NodeView[] {
  return nodes.filter((node) => !isServed(node));
}

function staying(pods: readonly DaemonPodView[]): readonly DaemonPodView[] {
  return pods.filter(({ isGoing }) => !isGoing);
}
