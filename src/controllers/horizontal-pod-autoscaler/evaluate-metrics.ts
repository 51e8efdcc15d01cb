import { type MetricSpec, MetricStatus } from "../../gen/howbernetes/autoscaling/v2/metric.js";
import type { MetricsSource } from "./metrics-source.js";
import { MetricUnavailable, type Proposal, propose, type ScaledPods } from "./proposal.js";

/** What all metrics together ask for. */
export interface Evaluation {
  /** In the order of the spec; of those that could not be had, only the type. */
  readonly statuses: readonly MetricStatus[];
  /** Those that could not be had. */
  readonly failures: readonly MetricUnavailable[];
  /** The one that asks for the most. Undefined: nothing may follow from what is known. */
  readonly highest: Proposal | undefined;
}

/**
 * Asks each metric. One that cannot be had might ask for more than the others: without it nothing is scaled down, while
 * the others are enough to scale up.
 */
export async function evaluateMetrics(
  specs: readonly MetricSpec[],
  target: ScaledPods,
  source: MetricsSource,
  signal: AbortSignal,
): Promise<Evaluation> {
  const statuses: MetricStatus[] = [];
  const failures: MetricUnavailable[] = [];
  let highest: Proposal | undefined;
  for (const spec of specs) {
    try {
      const proposal = await propose(spec, target, source, signal);
      statuses.push(proposal.status);
      if (highest === undefined || proposal.replicas > highest.replicas) highest = proposal;
    } catch (error: unknown) {
      if (!(error instanceof MetricUnavailable)) throw error;
      failures.push(error);
      statuses.push(MetricStatus.fromPartial({ type: spec.type ?? "" }));
    }
  }
  const isSafe = failures.length === 0 || (highest !== undefined && highest.replicas >= target.wanted);
  return { statuses, failures, highest: isSafe ? highest : undefined };
}
