import type { PodSamples } from "./metrics-source.js";
import type { PodGroups } from "./pod-groups.js";

/** By what share a metric may be off its target before anything is done about it. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** What pods use, against what they should. */
export interface Usage {
  /** 1 is on target. */
  readonly ratio: number;
  /** On average, in thousandths. */
  readonly average: number;
  /** In percent of what is requested, where that is what the target is of. */
  readonly utilization?: number;
}

/** How samples are made a ratio of. */
export interface Yardstick {
  measure(milliByPod: ReadonlyMap<string, number>): Usage;
  /** What a pod of which nothing is known is taken to use where the others use too little. */
  assumed(pod: string): number;
}

/** The number of replicas that a metric asks for, and what it was measured to be. */
export interface ReplicaCount {
  readonly replicas: number;
  readonly usage: Usage;
}

/** A target of so many percent of what pods request. `requests` are of all pods, in thousandths. */
export function utilizationOf(target: number, requests: ReadonlyMap<string, number>): Yardstick {
  return {
    measure: (milliByPod) => {
      const known = [...milliByPod].filter(([pod]) => requests.has(pod));
      const used = sum(known.map(([, milli]) => milli));
      const requested = sum(known.map(([pod]) => requests.get(pod) ?? 0));
      if (requested === 0) throw new Error("no metrics returned matched known pods");
      const utilization = Math.trunc((used * 100) / requested);
      return { ratio: utilization / target, utilization, average: Math.trunc(used / known.length) };
    },
    assumed: (pod) => Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, target)) / 100),
  };
}

/** A target of so much on average, in thousandths. */
export function averageOf(target: number): Yardstick {
  return {
    measure: (milliByPod) => {
      const average = Math.trunc(sum([...milliByPod.values()]) / milliByPod.size);
      return { ratio: average / target, average };
    },
    assumed: () => target,
  };
}

export interface PodMeasurement {
  /** Replicas that are wanted now. */
  readonly current: number;
  readonly groups: PodGroups;
  readonly samples: PodSamples;
  readonly yardstick: Yardstick;
  readonly tolerances: Tolerances;
}

/**
 * Kubernetes' rule: what is not known of some pods is taken to be whatever makes the change smaller, and must not turn it
 * round. @throws Error when of no pod anything is known
 */
export function countByPods({ current, groups, samples, yardstick, tolerances }: PodMeasurement): ReplicaCount {
  const known = new Map<string, number>();
  for (const [pod, { milli }] of samples) if (!groups.ignored.has(pod) && !groups.unready.has(pod)) known.set(pod, milli);
  if (known.size === 0) throw new Error("did not receive metrics for targeted pods (pods might be unready)");
  const usage = yardstick.measure(known);
  const unready = usage.ratio > 1 ? groups.unready : new Set<string>();
  if (unready.size === 0 && groups.missing.size === 0) {
    const replicas = isWithin(usage.ratio, tolerances) ? current : Math.ceil(usage.ratio * groups.measured);
    return { replicas, usage };
  }

  if (usage.ratio < 1) for (const pod of groups.missing) known.set(pod, yardstick.assumed(pod));
  if (usage.ratio > 1) for (const pod of [...groups.missing, ...unready]) known.set(pod, 0);
  const { ratio } = yardstick.measure(known);
  if (isWithin(ratio, tolerances) || turnsRound(usage.ratio, ratio)) return { replicas: current, usage };
  const replicas = Math.ceil(ratio * known.size);
  const contradicts = (ratio < 1 && replicas > current) || (ratio > 1 && replicas < current);
  return { replicas: contradicts ? current : replicas, usage };
}

export interface ValueMeasurement {
  readonly current: number;
  /** Pods that are running and ready. */
  readonly ready: number;
  readonly tolerances: Tolerances;
}

/** The replicas for one value, of an object or from outside, that follows from how many pods there are. */
export function countByValue(milli: number, target: number, { current, ready, tolerances }: ValueMeasurement): number {
  const ratio = milli / target;
  if (current === 0) return Math.ceil(ratio);
  return isWithin(ratio, tolerances) ? current : Math.ceil(ratio * ready);
}

/** The replicas for one value of which each pod takes its share. `counted` is how many there are. */
export function countByShare(milli: number, target: number, counted: number, tolerances: Tolerances): number {
  return counted > 0 && isWithin(milli / (target * counted), tolerances) ? counted : Math.ceil(milli / target);
}

function isWithin(ratio: number, { up, down }: Tolerances): boolean {
  return ratio >= 1 - down && ratio <= 1 + up;
}

function turnsRound(before: number, after: number): boolean {
  return (before < 1 && after > 1) || (before > 1 && after < 1);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
