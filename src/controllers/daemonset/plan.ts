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
  if (isRolling) plans.push(limits.maxSurge > 0 ? planSurge(calm, limits) : planExchange(nodes, calm, limits));
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

/** Removes old pods, so that new ones follow; of those available, as few that enough others stay so. */
function planExchange(nodes: readonly NodeView[], calm: readonly NodeView[], { maxUnavailable }: RollingLimits): DaemonSetPlan {
  const wanted = calm.filter(({ shouldRun }) => shouldRun);
  const old = wanted.flatMap(({ pods }) => staying(pods).filter(({ isUpdated, isFinished }) => !isUpdated && !isFinished));
  const available = wanted.filter(({ pods }) => staying(pods).some((pod) => pod.isAvailable)).length;
  const unavailable = nodes.filter(({ shouldRun }) => shouldRun).length - available;
  const broken = old.filter((each) => !each.isAvailable);
  const healthy = old.filter((each) => each.isAvailable).slice(0, Math.max(0, maxUnavailable - unavailable));
  return { ...nothing, remove: [...broken, ...healthy].map(({ pod }) => pod) };
}

/** Makes new pods beside old ones; only where the old one is of no use anyway, beyond the limit. */
function planSurge(calm: readonly NodeView[], { maxSurge }: RollingLimits): DaemonSetPlan {
  const views = calm.filter(({ shouldRun }) => shouldRun).map(({ name, pods }) => ({ name, pods: staying(pods) }));
  const surging = views.filter(({ pods }) => pods.length > 1).length;
  const old = views.filter(({ pods }) => pods.length === 1 && pods.every(({ isUpdated, isFinished }) => !isUpdated && !isFinished));
  const isBroken = ({ pods }: { readonly pods: readonly DaemonPodView[] }): boolean => !pods.some(({ isAvailable }) => isAvailable);
  const broken = old.filter(isBroken);
  const healthy = old.filter((each) => !isBroken(each)).slice(0, Math.max(0, maxSurge - surging));
  return { ...nothing, create: [...broken, ...healthy].map(({ name }) => name) };
}

function staying(pods: readonly DaemonPodView[]): readonly DaemonPodView[] {
  return pods.filter(({ isGoing }) => !isGoing);
}
