import type { PodInfo } from "../cluster/pod-info.js";
import { startedMs } from "./importance.js";

/** A node that would do for a pod if others left it. */
export interface Candidate {
  readonly nodeName: string;
  /** Those that would have to leave: at least one, the most important first. */
  readonly victims: readonly PodInfo[];
  /** How many of them a PodDisruptionBudget would keep. */
  readonly violations: number;
  /** What that costs: each number counts where those before it are equal. */
  readonly costs: readonly number[];
}

// So that no priority counts as negative: two victims are worse than one, however low.
const priorityShift = 2 ** 31;

/**
 * A candidate with its costs, by Kubernetes' rules: the fewest violations; the lowest of the highest priorities; the
 * lowest sum of priorities; the fewest victims; the latest start of the victims with the highest priority.
 */
export function candidate({ nodeName, victims, violations }: Omit<Candidate, "costs">): Candidate {
  const highest = Math.max(...victims.map(({ priority }) => priority));
  const sum = victims.reduce((total, { priority }) => total + priority + priorityShift, 0);
  const starts = victims.filter(({ priority }) => priority === highest).map(startedMs);
  return { nodeName, victims, violations, costs: [violations, highest, sum, victims.length, -Math.min(...starts)] };
}

/** The candidate that costs least, the first of equal ones. */
export function cheapest(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const each of candidates) if (best === undefined || isLess(each.costs, best.costs)) best = each;
  return best;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (let index = 0; index < a.length; index++) {
    const [cost = 0, other = 0] = [a[index], b[index]];
    if (cost !== other) return cost < other;
  }
  return false;
}
