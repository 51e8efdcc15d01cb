import { ApiError } from "../../api/errors.js";
import type { NodesService, OpenSessionRequest, TunnelResponse_LogsSession } from "../../gen/howbernetes/api/v1/nodes.js";
import type { RpcClient } from "../../rpc/contracts.js";
import type { LogSource } from "./log-source.js";

/** What one session for a container's log needs. */
export interface LogSession {
  readonly sessionId: string;
  readonly order: TunnelResponse_LogsSession;
  readonly sessions: Pick<RpcClient<NodesService>, "openSession">;
  readonly logs: LogSource;
}

/** Streams a container's log up, until it ends, the reader leaves, or `signal` fires. */
export async function serveLogs(session: LogSession, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    // A log takes no input: the responses only end.
    for await (const _input of session.sessions.openSession(output(session, either), { signal: either }));
  } finally {
    stop.abort();
  }
}

async function* output({ sessionId, order, logs }: LogSession, signal: AbortSignal): AsyncGenerator<OpenSessionRequest> {
  yield { message: { $case: "sessionId", value: sessionId } };
  try {
    for await (const value of logs.read(order, signal)) yield { message: { $case: "data", value } };
  } catch (error: unknown) {
    if (signal.aborted) return;
    const { reason, message } = ApiError.from(error);
    yield { message: { $case: "failure", value: { reason, message } } };
  }
}
