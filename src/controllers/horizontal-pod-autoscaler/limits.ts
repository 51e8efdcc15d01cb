import type {
  HorizontalPodAutoscalerBehavior,
  HPAScalingPolicy,
  HPAScalingRules,
} from "../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { ScalingHistory } from "./scaling-history.js";

/** What is asked for, and what it is held against. */
export interface Wish {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** Absent: Kubernetes' rule from before there was such a thing. */
  readonly behavior: HorizontalPodAutoscalerBehavior | undefined;
  readonly history: ScalingHistory;
  readonly nowMs: number;
}

/** A reason of a condition. */
export interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** What of a wish is granted. */
export interface Grant {
  readonly replicas: number;
  /** Of the condition AbleToScale. */
  readonly able: Reason;
  /** Of the condition ScalingLimited, which is true when `isLimited`. */
  readonly limited: Reason;
  readonly isLimited: boolean;
}

// What holds for going down where the behavior does not say otherwise.
const downWindowMs = 300_000;
// Without behavior: at most twice as many at a time, or these.
const leastScaleUp = 4;
const scaleUpFactor = 2;

const withinRange = { reason: "DesiredWithinRange", message: "the desired count is within the acceptable range" };
const tooFew = { reason: "TooFewReplicas", message: "the desired replica count is less than the minimum replica count" };
const tooMany = { reason: "TooManyReplicas", message: "the desired replica count is more than the maximum replica count" };
const upLimit = { reason: "ScaleUpLimit", message: "the desired replica count is increasing faster than the maximum scale rate" };
const downLimit = { reason: "ScaleDownLimit", message: "the desired replica count is decreasing faster than the maximum scale rate" };
const steady = { reason: "ReadyForNewScale", message: "recommended size matches current size" };
const upStabilized = {
  reason: "ScaleUpStabilized",
  message: "recent recommendations were lower than current one, applying the lowest recent recommendation",
};
const downStabilized = {
  reason: "ScaleDownStabilized",
  message: "recent recommendations were higher than current one, applying the highest recent recommendation",
};

/** First takes the fluctuation out of a wish, then the haste, then what is out of bounds. Nothing is noted here. */
export function grant(wish: Wish): Grant {
  const stabilized = wish.behavior === undefined ? stabilizeDown(wish) : stabilize(wish, wish.behavior);
  const held = stabilized === wish.desired ? steady : heldReason(wish);
  const bounded = { ...wish, desired: stabilized };
  const { replicas, reason } = wish.behavior === undefined ? bound(bounded) : boundByRules(bounded, wish.behavior);
  return { replicas, able: held, limited: reason, isLimited: replicas !== stabilized };
}

function heldReason({ behavior, desired, current }: Wish): Reason {
  return behavior !== undefined && desired >= current ? upStabilized : downStabilized;
}

/** The most of what was wished for within the window. */
function stabilizeDown({ desired, history, nowMs }: Wish): number {
  return Math.max(desired, ...history.recommendations(nowMs - downWindowMs));
}

/** Up only as far as was wished for throughout, down only as far as well. */
function stabilize({ current, desired, history, nowMs }: Wish, { scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): number {
  const upMs = (scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downMs = windowMs(scaleDown, downWindowMs);
  const least = Math.min(desired, ...history.recommendations(nowMs - upMs));
  const most = Math.max(desired, ...history.recommendations(nowMs - downMs));
  return Math.min(Math.max(current, least), most);
}

function windowMs(rules: HPAScalingRules | undefined, otherwiseMs: number): number {
  return rules?.stabilizationWindowSeconds === undefined ? otherwiseMs : rules.stabilizationWindowSeconds * 1000;
}

interface Bounded {
  readonly replicas: number;
  readonly reason: Reason;
}

function bound({ current, desired, min, max }: Wish): Bounded {
  const fastest = Math.max(scaleUpFactor * current, leastScaleUp);
  if (desired < min) return { replicas: min, reason: tooFew };
  if (desired > Math.min(max, fastest)) return max > fastest ? { replicas: fastest, reason: upLimit } : { replicas: max, reason: tooMany };
  return { replicas: desired, reason: withinRange };
}

function boundByRules(wish: Wish, { scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): Bounded {
  const { current, desired, min, max } = wish;
  if (desired > current) {
    const fastest = Math.max(current, limitUp(wish, scaleUp));
    if (desired > Math.min(max, fastest))
      return max > fastest ? { replicas: fastest, reason: upLimit } : { replicas: max, reason: tooMany };
  } else if (desired < current) {
    const fastest = Math.min(current, limitDown(wish, scaleDown));
    if (desired < Math.max(min, fastest))
      return min < fastest ? { replicas: fastest, reason: downLimit } : { replicas: min, reason: tooFew };
  }
  return { replicas: desired, reason: withinRange };
}

/** The most replicas that the policies admit now. */
function limitUp(wish: Wish, rules: HPAScalingRules | undefined): number {
  const { selectPolicy = "Max", policies = [] } = rules ?? {};
  if (selectPolicy === "Disabled") return wish.current;
  const limits = policies.map(({ type, value = 0, periodSeconds = 0 }: HPAScalingPolicy) => {
    const start = atStart(wish, periodSeconds);
    // Rounded up, or a percentage of a few would never be one more.
    return type === "Percent" ? Math.ceil((start * (100 + value)) / 100) : start + value;
  });
  return selectPolicy === "Min" ? Math.min(...limits) : Math.max(...limits);
}

/** The fewest replicas that the policies admit now. "Max" is the greatest change: the fewest. */
function limitDown(wish: Wish, rules: HPAScalingRules | undefined): number {
  const { selectPolicy = "Max", policies = [] } = rules ?? {};
  if (selectPolicy === "Disabled") return wish.current;
  const limits = policies.map(({ type, value = 0, periodSeconds = 0 }: HPAScalingPolicy) => {
    const start = atStart(wish, periodSeconds);
    return type === "Percent" ? Math.trunc((start * (100 - value)) / 100) : start - value;
  });
  return selectPolicy === "Min" ? Math.max(...limits) : Math.min(...limits);
}

/** How many replicas there were at the beginning of a policy's period. */
function atStart({ current, history, nowMs }: Wish, periodSeconds: number): number {
  return current - history.changeSince(nowMs - periodSeconds * 1000);
}
