import type { PodInfo } from "../cluster/pod-info.js";
import { startedMs } from "./importance.js";

/** A node that would do for a pod if others left it. */
export interface Candidate {
  readonly nodeName: string;
  /** Those that would have to leave: at least one, the most important first. */
  readonly victims: readonly PodInfo[];
  /** How many of them a PodDisruptionBudget would keep. */
  readonly violations: number;
}

// So that no priority counts as negative: two victims are worse than one, however low.
const priorityShift = 2 ** 31;

/**
 * The candidate that costs least, by Kubernetes' rules, each deciding where those before it leave several: the fewest
 * violations; the lowest of the highest priorities; the lowest sum of priorities; the fewest victims; the latest start of
 * the victims with the highest priority. Then the first.
 */
export function cheapest(candidates: readonly Candidate[], nowMs: number): Candidate | undefined {
  let best: { readonly candidate: Candidate; readonly costs: readonly number[] } | undefined;
  for (const candidate of candidates) {
    const costs = costsOf(candidate, nowMs);
    if (best === undefined || isLess(costs, best.costs)) best = { candidate, costs };
  }
  return best?.candidate;
}

function costsOf({ victims, violations }: Candidate, nowMs: number): readonly number[] {
  const highest = Math.max(...victims.map(({ priority }) => priority));
  const sum = victims.reduce((total, { priority }) => total + priority + priorityShift, 0);
  const starts = victims.filter(({ priority }) => priority === highest).map((victim) => startedMs(victim, nowMs));
  return [violations, highest, sum, victims.length, -Math.min(...starts)];
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, cost] of a.entries()) {
    const other = b[index] ?? cost;
    if (cost !== other) return cost < other;
  }
  return false;
}
