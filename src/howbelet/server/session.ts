import { ApiError } from "../../api/errors.js";
import { abortable, isAbort } from "../../base/abort.js";
import { linkAbort } from "../../base/linked-abort.js";
import type { NodesService, OpenSessionRequest } from "../../gen/howbernetes/api/v1/nodes.js";
import type { SessionInput, SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import type { RpcClient } from "../../rpc/contracts.js";

/** One thing that is done in a session with the api-server. */
export interface SessionWork {
  /** What it yields, pulled as fast as the caller reads. What it throws is told to the caller. */
  output(signal: AbortSignal): AsyncIterable<SessionOutput>;
  /** Takes what the caller sends; resolves when it is ready for more. Nothing is taken by default. */
  take?(input: SessionInput): Promise<void>;
}

/** A session that the api-server has asked for. */
export interface RequestedSession {
  readonly sessionId: string;
  readonly work: SessionWork;
  readonly sessions: Pick<RpcClient<NodesService>, "openSession">;
}

/**
 * Serves a session on a stream of its own, until the work is done, the caller leaves, or `signal` fires: the work's
 * signal then fires, too. @throws ApiError when the session cannot be opened, or its connection is lost
 */
export async function serveSession({ sessionId, work, sessions }: RequestedSession, signal: AbortSignal): Promise<void> {
  const stop = linkAbort(signal);
  const either = stop.signal;
  const done = new AbortController();
  const requests = requestsOf(sessionId, work.output(either), { signal: either, done: () => done.abort() });
  try {
    for await (const { input } of sessions.openSession(requests, { signal: either })) {
      if (input === undefined || work.take === undefined || done.signal.aborted) continue;
      // What has ended may never take what it was sent last.
      await abortable(work.take(input), done.signal).catch((error: unknown) => {
        if (!done.signal.aborted || !isAbort(error)) throw error;
      });
    }
  } finally {
    stop.abort();
    stop.unlink();
  }
}

/** A request of the transport's limit could not be sent, and a large one makes others wait. */
const maxPieceBytes = 256 * 1024;

function* inPieces(output: SessionOutput): Generator<SessionOutput> {
  const { message } = output;
  if ((message?.$case !== "data" && message?.$case !== "stderr") || message.value.length <= maxPieceBytes) {
    yield output;
    return;
  }
  const { $case, value } = message;
  for (let from = 0; from < value.length; from += maxPieceBytes)
    yield { message: { $case, value: value.subarray(from, from + maxPieceBytes) } };
}

interface WorkEnd {
  readonly signal: AbortSignal;
  readonly done: () => void;
}

async function* requestsOf(
  sessionId: string,
  output: AsyncIterable<SessionOutput>,
  { signal, done }: WorkEnd,
): AsyncGenerator<OpenSessionRequest> {
  yield { message: { $case: "sessionId", value: sessionId } };
  try {
    for await (const whole of output) for (const value of inPieces(whole)) yield { message: { $case: "output", value } };
  } catch (error: unknown) {
    if (signal.aborted) return;
    const { reason, message } = ApiError.from(error);
    yield { message: { $case: "failure", value: { reason, message } } };
  } finally {
    done();
  }
}
