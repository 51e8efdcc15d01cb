import type { TunnelResponse_LogsSession } from "../../gen/howbernetes/api/v1/nodes.js";
import type { SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import type { LogSource } from "./log-source.js";
import type { SessionWork } from "./session.js";

/** Streams a container's log, until it ends. It takes no input. */
export function logWork(order: TunnelResponse_LogsSession, logs: LogSource): SessionWork {
  return {
    async *output(signal: AbortSignal): AsyncGenerator<SessionOutput> {
      for await (const value of logs.read(order, signal)) yield { message: { $case: "data", value } };
    },
  };
}
