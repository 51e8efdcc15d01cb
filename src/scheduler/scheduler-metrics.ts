import type { Metrics } from "../base/metrics.js";

/** What the scheduler counts. */
export interface SchedulerMetrics {
  attempt(result: "scheduled" | "unschedulable" | "error"): void;
  /** A pod was bound so long after it came. */
  scheduled(seconds: number): void;
}

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
  return {
    attempt: (result) => attempts?.inc({ result }),
    scheduled: (seconds) => durations?.observe({}, seconds),
  };
}
