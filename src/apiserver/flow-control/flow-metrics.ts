import type { Counter, Gauge, Histogram, Metrics } from "../../base/metrics.js";

/** How the seats of each priority level are used. */
export interface FlowMetrics {
  readonly seats: Gauge<"level">;
  readonly takenSeats: Gauge<"level">;
  readonly waiting: Gauge<"level">;
  readonly dispatched: Counter<"level">;
  readonly refused: Counter<"level" | "reason">;
  readonly waitSeconds: Histogram<"level">;
}

export function createFlowMetrics(metrics: Metrics): FlowMetrics {
  const labels = ["level"] as const;
  return {
    seats: metrics.gauge({ name: "howbernetes_flow_control_seats", help: "Seats of a priority level.", labels }),
    takenSeats: metrics.gauge({ name: "howbernetes_flow_control_taken_seats", help: "Seats taken by requests that run.", labels }),
    waiting: metrics.gauge({ name: "howbernetes_flow_control_waiting_requests", help: "Requests that wait for seats.", labels }),
    dispatched: metrics.counter({ name: "howbernetes_flow_control_dispatched_total", help: "Requests that were let in.", labels }),
    refused: metrics.counter({
      name: "howbernetes_flow_control_refused_total",
      help: "Requests refused with RESOURCE_EXHAUSTED: queue-full or time-out.",
      labels: ["level", "reason"] as const,
    }),
    waitSeconds: metrics.histogram({
      name: "howbernetes_flow_control_wait_seconds",
      help: "Time that requests waited for seats, those that got them and those that did not.",
      labels,
    }),
  };
}
