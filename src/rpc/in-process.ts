import type { ServiceError } from "@grpc/grpc-js";
import { methodNotAllowed, timedOut, tooLarge, unauthorized, unavailable } from "../api/errors.js";
import { abortable, throwIfAborted, untilAbort } from "../base/abort.js";
import type { Credentials } from "./caller.js";
import type { RpcChannel } from "./channel.js";
import type { CallOptions, MethodDefinition } from "./contracts.js";
import { errorFromStatus, refusedConnection, type WireStatus } from "./errors.js";
import { LocalCall } from "./local-call.js";
import { ServerCall, type ServerCallDeps } from "./server-call.js";
import type { StreamHandler, UnaryHandler } from "./server-handlers.js";
import { defaultTimeoutMs, maxRequestBytes } from "./transport-settings.js";

type Method = MethodDefinition<unknown, unknown>;

/** A method that a server serves, and its handler. */
export interface ServedMethod {
  readonly method: Method;
  readonly handler: UnaryHandler | StreamHandler;
}

/** As much of a server as calls from its own process need. */
export interface InProcessServer {
  readonly deps: ServerCallDeps;
  find(path: string): ServedMethod | undefined;
  /** Whether a caller over the network would be let in. */
  isListening(): boolean;
  /** Work that the server's stop waits for; it never rejects. */
  track(work: Promise<unknown>): void;
}

const address = "in-process";
/** A stream that is read from memory without end must let the event loop turn: after so many messages. */
const messagesPerTurn = 32;

/**
 * Calls a server in this process: no sockets, no TLS, no HTTP/2. Messages are still encoded and decoded, so that caller
 * and handler share nothing; the server's checks, errors, deadlines, cancellation, identity and authorization are those
 * of a call over the network, and a response stream is pulled as fast as its caller reads, no message ahead.
 *
 * `credentials` are what the caller's certificate says; undefined when a TLS handshake would have failed.
 */
export function createInProcessChannel(server: InProcessServer, credentials: Credentials | undefined): RpcChannel {
  return new InProcessChannel(server, credentials);
}

/** How a stream's requests get to the handler. */
interface Requests {
  /** What the handler is given. */
  open(call: ServerCall, local: LocalCall): unknown;
  /** Frees whoever makes the requests, even in the middle of waiting for the next one. */
  release(): void;
}

class InProcessChannel implements RpcChannel {
  readonly address = address;
  private readonly live = new Set<LocalCall>();

  constructor(
    private readonly server: InProcessServer,
    private readonly credentials: Credentials | undefined,
  ) {}

  async unary(method: Method, request: unknown, options: CallOptions): Promise<unknown> {
    const served = this.find(method, options);
    const bytes = sized(method.requestSerialize(request));
    const local = this.open({ timeoutMs: defaultTimeoutMs, ...options });
    try {
      // As over the network, a handler never runs within its caller's stack, and a loop of calls lets others have a turn.
      await local.race(turn());
      const answered = answer(served, new ServerCall(local, served.method, this.server.deps), bytes);
      this.server.track(answered.catch((_told: unknown) => undefined));
      return method.responseDeserialize(await local.race(answered));
    } finally {
      local.close();
    }
  }

  stream(method: Method, request: unknown, options: CallOptions): AsyncGenerator<unknown> {
    const open = (call: ServerCall): unknown => call.decode(sized(method.requestSerialize(request)));
    return this.run(method, { open, release: () => undefined }, options);
  }

  duplex(method: Method, requests: AsyncIterable<unknown>, options: CallOptions): AsyncGenerator<unknown> {
    let source: AsyncIterator<unknown> | undefined;
    const open = (call: ServerCall, local: LocalCall): unknown => {
      source = requests[Symbol.asyncIterator]();
      return requestsOf(source, method, call, local);
    };
    const release = (): void => {
      source?.return?.().catch((_alreadyOver: unknown) => undefined);
    };
    return this.run(method, { open, release }, options);
  }

  connected(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {
    for (const call of this.live) call.giveUp(unavailable(`the connection to the server ${address} was lost`));
  }

  private async *run(method: Method, requests: Requests, options: CallOptions): AsyncGenerator<unknown> {
    const served = this.find(method, options);
    const local = this.open(options);
    const call = new ServerCall(local, served.method, this.server.deps);
    try {
      const source = responsesOf(served, call, requests.open(call, local));
      this.server.track(endWith(call, source));
      for (let count = 0; ; count += 1) {
        if (count % messagesPerTurn === 0) await local.race(turn());
        const next = await local.race(source.next());
        if (next.done === true) break;
        yield method.responseDeserialize(call.encode(next.value));
      }
      throwStatus(call.succeed());
    } catch (error: unknown) {
      local.throwIfGivenUp();
      throwStatus(call.fail(error));
      throw error;
    } finally {
      local.close();
      requests.release();
    }
  }

  private open({ signal, timeoutMs, metadata = {} }: CallOptions): LocalCall {
    // `find` has made sure of them.
    if (this.credentials === undefined) throw unauthorized();
    const call = new LocalCall({ credentials: this.credentials, metadata, peer: address });
    this.live.add(call);
    call.atEnd(() => this.live.delete(call));
    if (signal !== undefined) call.endWith(signal);
    if (timeoutMs !== undefined) call.endAfter(timeoutMs, timedOut(`the server ${address} did not answer in time`));
    return call;
  }

  private find(method: Method, { signal }: CallOptions): ServedMethod {
    if (signal !== undefined) throwIfAborted(signal);
    if (!this.server.isListening()) throw refusedConnection(address);
    if (this.credentials === undefined) throw unauthorized(`the server ${address} refused the client certificate`);
    const served = this.server.find(method.path);
    if (served === undefined) throw methodNotAllowed(`The server does not implement the method ${method.path}`);
    return served;
  }
}

/** Runs a unary handler as the server does. @throws ApiError as a caller over the network would get it */
async function answer({ handler }: ServedMethod, call: ServerCall, bytes: Buffer): Promise<Buffer> {
  let response: Buffer;
  try {
    const context = call.context();
    response = call.encode(await (handler as UnaryHandler)(call.decode(bytes), context));
  } catch (error: unknown) {
    throwStatus(call.fail(error));
    throw error;
  }
  throwStatus(call.succeed());
  return response;
}

function responsesOf({ handler }: ServedMethod, call: ServerCall, input: unknown): AsyncIterator<unknown> {
  const context = call.context();
  return (handler as StreamHandler)(input, context)[Symbol.asyncIterator]();
}

/** Ends the handler's generator when its call ends, even one that nobody reads any more. Never rejects. */
async function endWith({ signal }: ServerCall, source: AsyncIterator<unknown>): Promise<void> {
  await untilAbort(signal);
  await source.return?.().catch((_toldAlready: unknown) => undefined);
}

/** The caller's requests as the handler sees them. A source that fails is its own caller's error. */
async function* requestsOf(source: AsyncIterator<unknown>, method: Method, call: ServerCall, local: LocalCall): AsyncGenerator<unknown> {
  for (let count = 1; ; count += 1) {
    const asked = source.next().catch((error: unknown) => {
      local.giveUp(error);
      throw error;
    });
    const next = await abortable(asked, call.signal);
    if (next.done === true) return;
    yield call.decode(sized(method.requestSerialize(next.value)));
    if (count % messagesPerTurn === 0) await abortable(turn(), call.signal);
  }
}

/** Errors go the way they go over the network, which cuts and translates them. */
function throwStatus(failure: WireStatus | undefined): void {
  if (failure === undefined) return;
  const told: ServiceError = Object.assign(new Error(failure.details), failure);
  throw errorFromStatus(told, address);
}

function sized(bytes: Buffer): Buffer {
  if (bytes.length <= maxRequestBytes) return bytes;
  throw tooLarge(`Received message larger than max (${bytes.length} vs ${maxRequestBytes})`);
}

/** The event loop's next turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
