import type { Metrics } from "../base/metrics.js";
import type { CallObserver } from "../rpc/server-call.js";

/** Counts and times the calls that a server serves, by method: how one sees that an idle cluster is idle. */
export function createCallMetrics(metrics: Metrics): CallObserver {
  const started = metrics.counter({
    name: "howbernetes_rpc_started_total",
    help: "Calls begun, streams included.",
    labels: ["method"] as const,
  });
  const handled = metrics.counter({
    name: "howbernetes_rpc_handled_total",
    help: "Calls ended, by gRPC status code.",
    labels: ["method", "code"] as const,
  });
  const duration = metrics.histogram({
    name: "howbernetes_rpc_duration_seconds",
    help: "Time from a call's start to its end.",
    labels: ["method"] as const,
  });
  const messages = metrics.counter({
    name: "howbernetes_rpc_stream_messages_total",
    help: "Messages on streams.",
    labels: ["method", "direction"] as const,
  });
  return {
    onStart: (method) => started.inc({ method }),
    onCall: ({ method, code, durationMs }) => {
      handled.inc({ method, code });
      duration.observe({ method }, durationMs / 1_000);
    },
    onMessage: (method, direction) => messages.inc({ method, direction }),
  };
}
