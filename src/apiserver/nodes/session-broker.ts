import { randomUUID } from "node:crypto";
import { ApiError, internalError, notFound, type Reason, timedOut, unavailable } from "../../api/errors.js";
import { abortable, type Deferred, deferred, isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { OpenSessionRequest, OpenSessionRequest_Failure, TunnelRequest, TunnelResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import type { SessionInput, SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import { NewestPerKey } from "./newest-per-key.js";
import { untilAborted } from "./until-aborted.js";

/** What is asked of a node: one of the kinds of session. */
export type SessionOrder = NonNullable<TunnelResponse["session"]>;

// A node answers within a round trip; one that has not by then has lost its connection or hangs.
const openTimeoutMs = 10_000;

interface Tunnel {
  readonly orders: NewestPerKey<TunnelResponse>;
  readonly stop: AbortController;
}

/** A session that somebody wants to have with a node. */
export interface WantedSession {
  readonly order: SessionOrder;
  /** What its caller sends, pulled as fast as the node takes it; its end is told to the node. None by default. */
  readonly input?: AsyncIterable<SessionInput>;
}

/** A session as the node's side of it has opened it. */
interface OpenedSession {
  readonly messages: AsyncIterator<OpenSessionRequest>;
  /** Lets the node go. */
  release(): void;
}

interface Waiting {
  readonly nodeName: string;
  readonly tunnel: Tunnel;
  readonly input: AsyncIterable<SessionInput> | undefined;
  readonly opened: Deferred<OpenedSession>;
}

/**
 * Brings those who want something of a node together with the node, which only dials and is never dialed: an order goes
 * down the node's tunnel, and the node opens a stream of its own for it.
 *
 * Invariants: of a node's tunnels the newest is used, for an older one may have lost its connection unnoticed; an id is
 * good for one opening, by the node that it was sent to; data is read from either side only as fast as the other takes
 * it; whichever side leaves, the other is let go.
 */
export class SessionBroker {
  /** Of each node, the newest last. */
  private readonly tunnels = new Map<string, readonly Tunnel[]>();
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly clock: Clock) {}

  /** Serves a node's tunnel: yields orders until the node leaves. */
  async *tunnel(nodeName: string, requests: AsyncIterator<TunnelRequest>, signal: AbortSignal): AsyncGenerator<TunnelResponse> {
    const tunnel: Tunnel = { orders: new NewestPerKey(), stop: new AbortController() };
    const leave = (): void => tunnel.stop.abort();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    this.tunnels.set(nodeName, [...this.tunnelsOf(nodeName), tunnel]);
    const reading = untilEnd(requests, tunnel.stop);
    try {
      for (;;) {
        const { key, value } = await tunnel.orders.take(tunnel.stop.signal);
        tunnel.orders.done(key);
        yield value;
      }
    } catch (error: unknown) {
      if (!isAbort(error)) throw error;
    } finally {
      leave();
      signal.removeEventListener("abort", leave);
      await reading;
      this.drop(nodeName, tunnel);
      for (const [id, { tunnel: through }] of this.waiting) if (through === tunnel) this.giveUp(id, notConnected(nodeName));
    }
  }

  /**
   * Has the node open a session and yields what it sends, until it ends it.
   * @throws ApiError ServiceUnavailable when the node is not connected or its connection is lost; Timeout when it does
   * not answer; what the node says of its failure
   */
  async *open(nodeName: string, { order, input }: WantedSession, signal: AbortSignal): AsyncGenerator<SessionOutput> {
    const tunnel = this.tunnelsOf(nodeName).at(-1);
    if (tunnel === undefined) throw notConnected(nodeName);
    // A UUID cannot be guessed, though only the node that is asked may use it anyway.
    const sessionId = randomUUID();
    const opened = deferred<OpenedSession>();
    const { source, broken, failure } = watched(input);
    const either = AbortSignal.any([signal, broken]);
    this.waiting.set(sessionId, { nodeName, tunnel, input: source, opened });
    tunnel.orders.put(sessionId, { sessionId, session: order });
    const cancelTimer = this.clock.after(openTimeoutMs, () =>
      this.giveUp(sessionId, timedOut(`node "${nodeName}" did not answer in time`)),
    );
    try {
      const { messages } = await abortable(opened.promise, either);
      cancelTimer();
      yield* this.outputOf(nodeName, messages, either);
    } catch (error: unknown) {
      throw broken.aborted && !signal.aborted ? failure() : error;
    } finally {
      cancelTimer();
      this.waiting.delete(sessionId);
      opened.reject(new Error("the caller has left"));
      // Also when the node opened it just as the caller left.
      await opened.promise.then(({ release }) => release()).catch((_neverOpened: unknown) => undefined);
    }
  }

  /**
   * Serves the node's side of a session: yields what the caller sends, until the session is over.
   * @throws ApiError NotFound when nobody waits for it
   */
  async *accept(nodeName: string, messages: AsyncIterator<OpenSessionRequest>, signal: AbortSignal): AsyncGenerator<SessionInput> {
    const first = await abortable(messages.next(), signal);
    const id = first.done !== true && first.value.message?.$case === "sessionId" ? first.value.message.value : "";
    const waiting = this.waiting.get(id);
    if (waiting?.nodeName !== nodeName) throw notFound({ group: "", kind: "sessions", name: id });
    this.waiting.delete(id);
    const released = new AbortController();
    const over = AbortSignal.any([signal, released.signal]);
    waiting.opened.resolve({ messages, release: () => released.abort() });
    try {
      if (waiting.input !== undefined) yield* inputUntil(waiting.input, over);
      await abortable(new Promise<never>(() => undefined), over);
    } catch (error: unknown) {
      // Of input that broke its own caller is told; for the node the session is over.
      if (signal.aborted) throw error;
    }
  }

  /** Nobody waits for the node to open that session any more: from now on it cannot. */
  private giveUp(sessionId: string, reason: ApiError): void {
    this.waiting.get(sessionId)?.opened.reject(reason);
    this.waiting.delete(sessionId);
  }

  private tunnelsOf(nodeName: string): readonly Tunnel[] {
    return this.tunnels.get(nodeName) ?? [];
  }

  private drop(nodeName: string, tunnel: Tunnel): void {
    const others = this.tunnelsOf(nodeName).filter((each) => each !== tunnel);
    if (others.length === 0) this.tunnels.delete(nodeName);
    else this.tunnels.set(nodeName, others);
  }

  private async *outputOf(
    nodeName: string,
    messages: AsyncIterator<OpenSessionRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<SessionOutput> {
    try {
      for await (const { message } of untilAborted(messages, signal)) {
        if (message?.$case === "output") yield message.value;
        else if (message?.$case === "failure") throw errorOf(message.value);
      }
    } catch (error: unknown) {
      // The node's stream broke; the caller's own leaving is something else.
      if (isAbort(error) && !signal.aborted) throw unavailable(`the connection to node "${nodeName}" was lost`, error);
      throw error;
    }
  }
}

/** What a caller sends, and after it an end, so that one who merely says nothing more need not say so. */
async function* inputUntil(input: AsyncIterable<SessionInput>, over: AbortSignal): AsyncGenerator<SessionInput> {
  yield* untilAborted(input, over);
  yield { message: { $case: "end", value: {} } };
}

/** A caller's input, and a signal that fires when it breaks. */
function watched(input: AsyncIterable<SessionInput> | undefined) {
  const broken = new AbortController();
  let failure: unknown;
  async function* source(from: AsyncIterable<SessionInput>): AsyncGenerator<SessionInput> {
    try {
      yield* from;
    } catch (error: unknown) {
      failure = error;
      broken.abort();
      throw error;
    }
  }
  return { source: input === undefined ? undefined : source(input), broken: broken.signal, failure: () => failure };
}

/** Reads a stream that says nothing more, so as to see it end. Never rejects. */
async function untilEnd(requests: AsyncIterator<unknown>, stop: AbortController): Promise<void> {
  try {
    for await (const _nothing of untilAborted(requests, stop.signal));
  } catch (_left: unknown) {
    // Both ways to end are the same here.
  } finally {
    stop.abort();
  }
}

function notConnected(nodeName: string): ApiError {
  return unavailable(`node "${nodeName}" is not connected`);
}

// What a node may say of a session; any other word is its own fault, not the caller's.
const nodeReasons: ReadonlySet<string> = new Set<Reason>(["NotFound", "BadRequest", "Timeout", "ServiceUnavailable", "TooManyRequests"]);

function errorOf({ reason, message }: OpenSessionRequest_Failure): ApiError {
  return nodeReasons.has(reason) ? new ApiError(reason as Reason, message) : internalError(message);
}
