import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { missingLabels } from "./replica-pod.js";
import { isOrdered, isRolling, type ReplicaView, type Rollout, type Slot, type StatefulSetView } from "./view.js";

/** What to do for a StatefulSet. All of it may be done at once; what has to come after it is planned anew. */
export interface StatefulSetPlan {
  /** Places that get a pod. */
  readonly create: readonly Slot[];
  readonly remove: readonly Whole<Pod>[];
  /** Pods that have lost the labels by which they are found. */
  readonly relabel: readonly ReplicaView[];
}

const nothing: StatefulSetPlan = { create: [], remove: [], relabel: [] };

/**
 * Decides what to do next for a StatefulSet. No number ever has two pods: one that is going keeps its place until it is
 * gone.
 */
export function planStatefulSet(view: StatefulSetView): StatefulSetPlan {
  if (view.set.metadata.deletionTimestamp !== undefined) return nothing;
  const relabel = view.slots.flatMap(({ ordinal, replica }) =>
    replica === undefined || replica.isGoing || missingLabels(replica.pod, ordinal) === undefined ? [] : [replica],
  );
  return { ...(isOrdered(view.set) ? planInOrder(view) : planAtOnce(view)), relabel };
}

/**
 * One after the other: a pod comes when all before it are available, then those too many go from the highest, then old
 * ones are exchanged. The first pod that is not well holds everything up, unless it is itself to be exchanged.
 */
function planInOrder(view: StatefulSetView): StatefulSetPlan {
  const { slots, surplus, maxUnavailable } = view;
  const blocking = slots.find(({ replica }) => replica?.isAvailable !== true);
  if (blocking !== undefined) return planBlocking(view, blocking);
  if (surplus.length > 0) return planShrinking(view);
  return { ...nothing, remove: outdated(view).slice(0, maxUnavailable) };
}

function planBlocking(view: StatefulSetView, slot: Slot): StatefulSetPlan {
  const { replica } = slot;
  if (replica === undefined) return { ...nothing, create: [slot] };
  if (replica.isGoing) return nothing;
  return replica.isFinished || mayReplace(view, slot) ? { ...nothing, remove: [replica.pod] } : nothing;
}

/**
 * From the highest number on; when it is not well, it waits for those below it, lest all are lost at once to one cause.
 * Unlike Kubernetes, not for the sake of a revision that nobody wants any more.
 */
function planShrinking({ surplus, rollout }: StatefulSetView): StatefulSetPlan {
  const [last, ...below] = surplus;
  if (last === undefined || last.isGoing) return nothing;
  const waits = !last.isAvailable && isOf(rollout, last) && below.some(({ isAvailable }) => !isAvailable);
  return waits ? nothing : { ...nothing, remove: [last.pod] };
}

/** Whether a pod is of one of the revisions between which the rollout goes. */
function isOf({ from, to }: Rollout, { revision }: ReplicaView): boolean {
  return revision === from || revision === to;
}

/** All at once; only the exchange of old pods keeps to a limit. */
function planAtOnce(view: StatefulSetView): StatefulSetPlan {
  const { slots, surplus, maxUnavailable } = view;
  const staying = slots.flatMap(({ replica }) => (replica === undefined || replica.isGoing ? [] : [replica]));
  const leaving = [...staying.filter(({ isFinished }) => isFinished), ...surplus.filter(({ isGoing }) => !isGoing)].map(({ pod }) => pod);
  const stuck = slots.filter((slot) => slot.replica?.isFinished === false && mayReplace(view, slot)).reverse();
  const unavailable = slots.filter(({ replica }) => replica?.isAvailable !== true).length;
  return {
    ...nothing,
    create: slots.filter(({ replica }) => replica === undefined),
    remove: [...leaving, ...replaceable(view, stuck), ...outdated(view).slice(0, Math.max(0, maxUnavailable - unavailable))],
  };
}

/** Available pods of an old revision, the highest first. */
function outdated({ set, slots }: StatefulSetView): readonly Whole<Pod>[] {
  if (!isRolling(set)) return [];
  return slots
    .flatMap(({ replica, index, wanted }) => {
      const isOld = replica?.isAvailable === true && replica.revision !== wanted;
      return isOld && index >= partitionOf(set) ? [replica.pod] : [];
    })
    .reverse();
}

function partitionOf({ spec }: StatefulSetView["set"]): number {
  return spec.updateStrategy?.rollingUpdate?.partition ?? 0;
}

/**
 * Whether a pod that does not get ready gives way to one of the revision wanted, instead of being waited for.
 *
 * Unlike Kubernetes, where a StatefulSet waits for ever for a pod of a bad revision, also when its template has been
 * mended or rolled back. What is neither of the rollout's revisions nobody wants any more. One of the old revision may
 * yet get well: it goes only while no new pod is on its way, so that a bad rollout never takes more than it is allowed.
 */
function mayReplace({ set, rollout, slots, maxUnavailable }: StatefulSetView, { replica, wanted }: Slot): boolean {
  if (replica === undefined || replica.isGoing || replica.isReady || !isRolling(set) || replica.revision === wanted) return false;
  if (!isOf(rollout, replica)) return true;
  return slots.filter(isOnItsWay).length < maxUnavailable;
}

/** Whether a place has a pod of the revision wanted that is not available yet, or one that is making room for it. */
function isOnItsWay({ replica, wanted }: Slot): boolean {
  return replica !== undefined && !replica.isAvailable && (replica.isGoing || replica.revision === wanted);
}

/** Of the pods that could be replaced as many as the limit allows; all that nobody wants, for they take nothing away. */
function replaceable({ rollout, slots, maxUnavailable }: StatefulSetView, stuck: readonly Slot[]): readonly Whole<Pod>[] {
  const isUnwanted = ({ replica }: Slot): boolean => replica !== undefined && !isOf(rollout, replica);
  const unwanted = stuck.filter(isUnwanted);
  const budget = Math.max(0, maxUnavailable - slots.filter(isOnItsWay).length - unwanted.length);
  const old = stuck.filter((slot) => !isUnwanted(slot)).slice(0, budget);
  return [...unwanted, ...old].flatMap(({ replica }) => (replica === undefined ? [] : [replica.pod]));
}
