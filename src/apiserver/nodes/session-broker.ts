import { randomUUID } from "node:crypto";
import { ApiError, conflict, internalError, notFound, type Reason, timedOut, unavailable } from "../../api/errors.js";
import { abortable, type Deferred, deferred, isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { OpenSessionRequest, OpenSessionRequest_Failure, TunnelRequest, TunnelResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import { NewestPerKey } from "./newest-per-key.js";
import { untilAborted } from "./until-aborted.js";

/** What is asked of a node: one of the kinds of session. */
export type SessionOrder = NonNullable<TunnelResponse["session"]>;

// A node answers within a round trip; one that has not by then has lost its connection or hangs.
const openTimeoutMs = 10_000;

interface Tunnel {
  readonly orders: NewestPerKey<TunnelResponse>;
  readonly stop: AbortController;
  /** A newer tunnel of the node has taken its place. */
  superseded: boolean;
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
  readonly opened: Deferred<OpenedSession>;
}

/**
 * Brings those who want something of a node together with the node, which only dials and is never dialed: an order goes
 * down the node's tunnel, and the node opens a stream of its own for it.
 *
 * Invariants: a node has one tunnel, the newest; an id is good for one opening, by the node that it was sent to; a
 * session's data is read from the node only as fast as the caller takes it; whichever side leaves, the other is let go.
 */
export class SessionBroker {
  private readonly tunnels = new Map<string, Tunnel>();
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly clock: Clock) {}

  /** Serves a node's tunnel: yields orders until the node leaves or opens another. @throws ApiError Conflict then */
  async *tunnel(nodeName: string, requests: AsyncIterator<TunnelRequest>, signal: AbortSignal): AsyncGenerator<TunnelResponse> {
    const tunnel: Tunnel = { orders: new NewestPerKey(), stop: new AbortController(), superseded: false };
    const leave = (): void => tunnel.stop.abort();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    this.replace(nodeName, tunnel);
    const reading = untilEnd(requests, tunnel.stop);
    try {
      for (;;) {
        const { key, value } = await tunnel.orders.take(tunnel.stop.signal);
        tunnel.orders.done(key);
        yield value;
      }
    } catch (error: unknown) {
      if (!isAbort(error)) throw error;
      if (tunnel.superseded) throw conflict({ group: "", kind: "nodes", name: nodeName }, "a newer tunnel of the node has been opened");
    } finally {
      leave();
      signal.removeEventListener("abort", leave);
      await reading;
      if (this.tunnels.get(nodeName) === tunnel) this.tunnels.delete(nodeName);
      for (const { tunnel: through, opened } of this.waiting.values()) if (through === tunnel) opened.reject(notConnected(nodeName));
    }
  }

  /**
   * Has the node open a session and yields what it sends, until it ends it.
   * @throws ApiError ServiceUnavailable when the node is not connected or its connection is lost; Timeout when it does
   * not answer; what the node says of its failure
   */
  async *open(nodeName: string, order: SessionOrder, signal: AbortSignal): AsyncGenerator<Buffer> {
    const tunnel = this.tunnels.get(nodeName);
    if (tunnel === undefined) throw notConnected(nodeName);
    // A UUID cannot be guessed, though only the node that is asked may use it anyway.
    const sessionId = randomUUID();
    const opened = deferred<OpenedSession>();
    this.waiting.set(sessionId, { nodeName, tunnel, opened });
    tunnel.orders.put(sessionId, { sessionId, session: order });
    const cancelTimer = this.clock.after(openTimeoutMs, () => opened.reject(timedOut(`node "${nodeName}" did not answer in time`)));
    try {
      const { messages } = await abortable(opened.promise, signal);
      yield* this.dataOf(nodeName, messages, signal);
    } finally {
      cancelTimer();
      this.waiting.delete(sessionId);
      opened.reject(new Error("the caller has left"));
      // Also when the node opened it just as the caller left.
      await opened.promise.then(({ release }) => release()).catch((_neverOpened: unknown) => undefined);
    }
  }

  /** Serves the node's side of a session; resolves when it is over. @throws ApiError NotFound when nobody waits for it */
  async accept(nodeName: string, messages: AsyncIterator<OpenSessionRequest>, signal: AbortSignal): Promise<void> {
    const first = await abortable(messages.next(), signal);
    const id = first.done !== true && first.value.message?.$case === "sessionId" ? first.value.message.value : "";
    const waiting = this.waiting.get(id);
    if (waiting?.nodeName !== nodeName) throw notFound({ group: "", kind: "sessions", name: id });
    this.waiting.delete(id);
    const released = deferred();
    waiting.opened.resolve({ messages, release: released.resolve });
    await abortable(released.promise, signal);
  }

  private replace(nodeName: string, tunnel: Tunnel): void {
    const previous = this.tunnels.get(nodeName);
    this.tunnels.set(nodeName, tunnel);
    if (previous === undefined) return;
    previous.superseded = true;
    previous.stop.abort();
  }

  private async *dataOf(nodeName: string, messages: AsyncIterator<OpenSessionRequest>, signal: AbortSignal): AsyncGenerator<Buffer> {
    try {
      for await (const { message } of untilAborted(messages, signal)) {
        if (message?.$case === "data") yield message.value;
        else if (message?.$case === "failure") throw errorOf(message.value);
      }
    } catch (error: unknown) {
      // The node's stream broke; the caller's own leaving is something else.
      if (isAbort(error) && !signal.aborted) throw unavailable(`the connection to node "${nodeName}" was lost`, error);
      throw error;
    }
  }
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
