import type { Whole } from "../../api/object.js";
import { resolveIntOrPercent } from "../../api/values/int-or-string.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isAvailable, isFinished, isReady, isTerminating } from "../pod-state.js";
import { ordinalOf, revisionLabel } from "./replica-pod.js";

/** A pod of a StatefulSet, as it counts now. */
export interface ReplicaView {
  readonly ordinal: number;
  readonly pod: Whole<Pod>;
  /** Name of the revision that it is made from; "" when it says none. */
  readonly revision: string;
  /** It has been told to go, though the cache may not show it yet. Its name is taken until it is gone. */
  readonly isGoing: boolean;
  /** It has run to its end. */
  readonly isFinished: boolean;
  /** It runs and is ready. */
  readonly isReady: boolean;
  /** It has been ready for minReadySeconds, and is not going. */
  readonly isAvailable: boolean;
}

/** A number that should have a pod. */
export interface Slot {
  readonly ordinal: number;
  /** Its place among those wanted, from 0: what a partition counts by. */
  readonly index: number;
  /** Undefined when there is none. */
  readonly replica: ReplicaView | undefined;
  /** Name of the revision that a new pod here is made from. */
  readonly wanted: string;
}

/** The names of the revisions between which a rollout goes. They are one when none is under way. */
export interface Rollout {
  /** The last one that was rolled out to its end; of a new StatefulSet its first. */
  readonly from: string;
  /** The present template's. */
  readonly to: string;
}

/** A StatefulSet and its pods, as one consistent picture to plan from. */
export interface StatefulSetView {
  readonly set: Whole<StatefulSet>;
  readonly rollout: Rollout;
  /** In order of their numbers. */
  readonly slots: readonly Slot[];
  /** Pods whose numbers are not wanted, the highest first. */
  readonly surplus: readonly ReplicaView[];
  /** How many pods a rollout may keep from being available at a time. */
  readonly maxUnavailable: number;
}

/** What a view is made from. */
export interface Seen {
  readonly set: Whole<StatefulSet>;
  /** All that it controls. */
  readonly pods: readonly Whole<Pod>[];
  readonly isGoing: (pod: Whole<Pod>) => boolean;
  readonly rollout: Rollout;
  readonly nowMs: number;
}

/** Puts pods into the places that their names say. */
export function viewStatefulSet({ set, pods, isGoing, rollout, nowMs }: Seen): StatefulSetView {
  const { replicas = 1, ordinals, minReadySeconds = 0 } = set.spec;
  const start = ordinals?.start ?? 0;
  const byOrdinal = new Map<number, ReplicaView>();
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    const going = isTerminating(pod) || isGoing(pod);
    const ready = pod.status.phase === "Running" && isReady(pod);
    byOrdinal.set(ordinal, {
      ordinal,
      pod,
      revision: pod.metadata.labels[revisionLabel] ?? "",
      isGoing: going,
      isFinished: isFinished(pod),
      isReady: ready,
      isAvailable: ready && !going && isAvailable(pod, minReadySeconds, nowMs),
    });
  }
  const slots = Array.from({ length: replicas }, (_, index): Slot => {
    const ordinal = start + index;
    const replica = byOrdinal.get(ordinal);
    byOrdinal.delete(ordinal);
    return { ordinal, index, replica, wanted: index < keptBack(set) ? rollout.from : rollout.to };
  });
  const surplus = [...byOrdinal.values()].sort((a, b) => b.ordinal - a.ordinal);
  return { set, rollout, slots, surplus, maxUnavailable: maxUnavailableOf(set) };
}

/** Whether old pods give way to new ones by themselves. */
export function isRolling({ spec }: Whole<StatefulSet>): boolean {
  return spec.updateStrategy?.type !== "OnDelete";
}

/** Whether pods come and go one after the other. */
export function isOrdered({ spec }: Whole<StatefulSet>): boolean {
  return spec.podManagementPolicy !== "Parallel";
}

/** How many of the first pods stay as they were. */
function keptBack(set: Whole<StatefulSet>): number {
  return isRolling(set) ? (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0) : 0;
}

/** A percentage is rounded down, but to no less than 1: nothing would ever move. */
function maxUnavailableOf({ spec }: Whole<StatefulSet>): number {
  const { maxUnavailable } = spec.updateStrategy?.rollingUpdate ?? {};
  return Math.max(1, resolveIntOrPercent(maxUnavailable, spec.replicas ?? 1, "down"));
}
