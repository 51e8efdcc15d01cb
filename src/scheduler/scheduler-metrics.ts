import type { Metrics } from "../base/metrics.js";
import type { RescueOutcome } from "./framework/plugin.js";
import type { Place } from "./queue/queued-pod.js";

/** What the scheduler counts. */
export interface SchedulerMetrics {
  /** A pod was tried, and that was decided so fast. */
  decided(result: "placed" | "unschedulable", seconds: number): void;
  /** What became of an attempt. */
  attempt(result: "scheduled" | "unschedulable" | "error"): void;
  /** No node would do for a pod, for which these plugins refused some. */
  refused(plugins: Iterable<string>): void;
  /** Room was looked for, for a pod that no node would do for. */
  rescued(outcome: RescueOutcome): void;
  /** A pod was bound so long after it came. */
  scheduled(seconds: number): void;
  /** Shows the queue's sizes from now on, until the returned function is called. */
  show(sizes: () => Readonly<Record<Place, number>>): () => void;
}

// A decision takes tens of microseconds where pods are alike, and milliseconds where every node's pods matter.
const decisionBuckets: readonly number[] = [0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];

const nothing: Readonly<Record<Place, number>> = { active: 0, backoff: 0, unschedulable: 0, gated: 0, taken: 0 };

/** Creates the scheduler's metrics; without `metrics` nothing is counted. */
export function createSchedulerMetrics(metrics: Metrics | undefined): SchedulerMetrics {
  const attempts = metrics?.counter({
    name: "howbernetes_scheduler_attempts_total",
    help: "Attempts to find a pod a node, by result.",
    labels: ["result"],
  });
  const durations = metrics?.histogram({
    name: "howbernetes_scheduler_pod_duration_seconds",
    help: "Time from a pod's coming into the queue until it was bound.",
  });
  const decisions = metrics?.histogram({
    name: "howbernetes_scheduler_decision_duration_seconds",
    help: "Time that a decision took, from a pod to its node, by result.",
    labels: ["result"],
    buckets: decisionBuckets,
  });
  const refusals = metrics?.counter({
    name: "howbernetes_scheduler_refusals_total",
    help: "Attempts that found no node, by each plugin that refused one.",
    labels: ["plugin"],
  });
  const preemptions = metrics?.counter({
    name: "howbernetes_scheduler_preemptions_total",
    help: "Attempts to make room for a pod by taking others away, by outcome.",
    labels: ["outcome"],
  });
  const victims = metrics?.counter({
    name: "howbernetes_scheduler_preemption_victims_total",
    help: "Pods chosen to leave their node for others.",
  });
  const pending = metrics?.gauge({
    name: "howbernetes_scheduler_pending_pods",
    help: "Pods without a node, by where they are in the queue.",
    labels: ["queue"],
  });
  const setAll = (sizes: Readonly<Record<Place, number>>): void => {
    for (const [queue, size] of Object.entries(sizes)) pending?.set({ queue }, size);
  };
  return {
    decided: (result, seconds) => decisions?.observe({ result }, seconds),
    attempt: (result) => attempts?.inc({ result }),
    refused: (plugins) => {
      for (const plugin of plugins) refusals?.inc({ plugin });
    },
    rescued: (outcome) => {
      preemptions?.inc({ outcome: outcome.kind });
      if (outcome.kind === "found") victims?.inc({}, outcome.victims.length);
    },
    scheduled: (seconds) => durations?.observe({}, seconds),
    show: (sizes) => {
      const forget = metrics?.beforeRender(() => setAll(sizes()));
      return () => {
        forget?.();
        // A scheduler that does not lead has no pods waiting.
        setAll(nothing);
      };
    },
  };
}
