import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { forLogs } from "../pods/pod-order.js";

/** A pod whose logs are or may be followed. */
export interface FollowedPod {
  /** As it was last seen. */
  readonly pod: Whole<Pod>;
  /** It has been deleted. */
  readonly isGone: boolean;
  /** It was there when the command began. */
  readonly isOld: boolean;
  readonly following: "not yet" | "now" | "done";
  /** How many containers of it are wanted. */
  readonly streams: number;
}

/** Whose logs are followed, as far as it bears on what to do next. */
export interface FollowState {
  /** One pod at a time, or all at once. */
  readonly choice: "one" | "all";
  readonly pods: readonly FollowedPod[];
  /** How many containers may be followed at once. */
  readonly maxStreams: number;
  /** No further pods will come. */
  readonly isOver: boolean;
}

/** What to do next: pods to begin with, and whether all is done. */
export interface FollowPlan {
  readonly start: readonly Whole<Pod>[];
  readonly isDone: boolean;
}

/** Decides whose logs to follow from now on. A pod that has to wait for others is read from its beginning later. */
export function planFollow(state: FollowState): FollowPlan {
  const current = state.pods.filter(({ following }) => following === "now");
  const start = state.choice === "one" ? nextOne(state, current.length > 0) : nextFew(state, current);
  const waiting = state.pods.filter(({ following, isGone }) => following === "not yet" && !isGone);
  const isIdle = current.length === 0 && start.length === 0;
  return { start, isDone: isIdle && state.isOver && (state.choice === "one" || waiting.length === 0) };
}

function nextOne({ pods }: FollowState, isBusy: boolean): Whole<Pod>[] {
  if (isBusy) return [];
  const isFirst = !pods.some(({ following }) => following === "done");
  const candidates = pods
    .filter(({ following, isGone }) => following === "not yet" && !isGone)
    // Once another was followed, what had ended before the command began has no say, and what goes away none either.
    .filter(({ pod, isOld }) => isFirst || ((!isOld || !hasEnded(pod)) && pod.metadata.deletionTimestamp === undefined))
    .map(({ pod }) => pod);
  return candidates.sort(forLogs).slice(0, 1);
}

function nextFew({ pods, maxStreams }: FollowState, current: readonly FollowedPod[]): Whole<Pod>[] {
  const start: Whole<Pod>[] = [];
  let used = current.reduce((sum, { streams }) => sum + streams, 0);
  for (const { pod, following, isGone, streams } of pods) {
    if (following !== "not yet" || isGone) continue;
    // A pod of more containers than may be followed at once is followed nevertheless, when it is alone.
    if (used > 0 && used + streams > maxStreams) break;
    used += streams;
    start.push(pod);
  }
  return start;
}

function hasEnded({ status }: Whole<Pod>): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}
