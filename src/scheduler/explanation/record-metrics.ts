import type { Metrics } from "../../base/metrics.js";

/** What is counted of placement records. */
export interface RecordMetrics {
  /** "dropped" is one for which there was no room, "failed" one that could not be written. */
  recorded(result: "written" | "dropped" | "failed"): void;
}

/** Creates the metrics of placement records; without `metrics` nothing is counted. */
export function createRecordMetrics(metrics: Metrics | undefined): RecordMetrics {
  const records = metrics?.counter({
    name: "howbernetes_scheduler_placement_records_total",
    help: "Records of decisions, by what became of them; dropped are those for which there was no room before they could be written.",
    labels: ["result"],
  });
  return { recorded: (result) => records?.inc({ result }) };
}
