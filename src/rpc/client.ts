import type { ClientDuplexStream, ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { Metadata } from "@grpc/grpc-js";
import { isApiError } from "../api/errors.js";
import { abortError, throwIfAborted } from "../base/abort.js";
import type { RpcChannel } from "./channel.js";
import type { CallOptions, MethodDefinition, RpcClient, ServiceDefinition } from "./contracts.js";
import { errorFromStatus } from "./errors.js";
import { MessageWriter } from "./message-writer.js";

type Method = MethodDefinition<unknown, unknown>;

const defaultTimeoutMs = 30_000;

/**
 * A typed client of a service. Calls fail at once when the server cannot be reached, rather than wait for it. A stream
 * is opened when its iteration begins, and canceled when its iteration is left. `metadata` goes with every call.
 */
export function createRpcClient<D extends ServiceDefinition>(
  definition: D,
  channel: RpcChannel,
  metadata: Readonly<Record<string, string>> = {},
): RpcClient<D> {
  const all = (options: CallOptions = {}): CallOptions => ({ ...options, metadata: { ...metadata, ...options.metadata } });
  const calls = Object.entries(definition).map(([name, method]) => [name, callOf(method, channel, all)]);
  // Each method's signature is what the conditional type makes of its definition; fromEntries cannot show that.
  return Object.fromEntries(calls) as RpcClient<D>;
}

function callOf(method: Method, channel: RpcChannel, all: (options?: CallOptions) => CallOptions): unknown {
  if (method.requestStream) {
    return (requests: AsyncIterable<unknown>, options?: CallOptions) => duplexCall(method, channel, requests, all(options));
  }
  if (method.responseStream) return (request: unknown, options?: CallOptions) => streamCall(method, channel, request, all(options));
  return (request: unknown, options?: CallOptions) => unaryCall(method, channel, request, all(options));
}

async function unaryCall(method: Method, channel: RpcChannel, request: unknown, options: CallOptions): Promise<unknown> {
  const { signal } = options;
  if (signal !== undefined) throwIfAborted(signal);
  const deadline = Date.now() + (options.timeoutMs ?? defaultTimeoutMs);
  return await new Promise((resolve, reject) => {
    const { requestSerialize, responseDeserialize } = method;
    const done = (error: ServiceError | null, response: unknown): void => {
      signal?.removeEventListener("abort", cancel);
      if (error === null) resolve(response);
      else reject(signal?.aborted ? abortError(signal) : errorFromStatus(error, channel.address));
    };
    const metadata = metadataOf(options);
    const call = channel.grpc.makeUnaryRequest(method.path, requestSerialize, responseDeserialize, request, metadata, { deadline }, done);
    const cancel = (): void => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

function streamCall(method: Method, channel: RpcChannel, request: unknown, options: CallOptions): AsyncGenerator<unknown> {
  const { path, requestSerialize, responseDeserialize } = method;
  const open = (): ClientReadableStream<unknown> =>
    channel.grpc.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadataOf(options), limits(options));
  return responsesOf(open, channel, options, (error) => error);
}

async function* duplexCall(
  method: Method,
  channel: RpcChannel,
  requests: AsyncIterable<unknown>,
  options: CallOptions,
): AsyncGenerator<unknown> {
  const ended = new AbortController();
  // A broken source of requests breaks the call; its error then is what the reader of the responses sees.
  let broken: { readonly error: unknown } | undefined;
  const open = (): ClientReadableStream<unknown> => {
    const asIs = (bytes: Buffer): Buffer => bytes;
    const stream = channel.grpc.makeBidiStreamRequest(method.path, asIs, method.responseDeserialize, metadataOf(options), limits(options));
    sendAll(stream, requests, method, ended.signal).catch((error: unknown) => {
      if (ended.signal.aborted) return;
      broken = { error };
      stream.cancel();
    });
    return stream;
  };
  try {
    yield* responsesOf(open, channel, options, (error) => (broken === undefined ? error : broken.error));
  } finally {
    ended.abort();
  }
}

async function sendAll(
  stream: ClientDuplexStream<Buffer, unknown>,
  requests: AsyncIterable<unknown>,
  method: Method,
  ended: AbortSignal,
): Promise<void> {
  const source = requests[Symbol.asyncIterator]();
  // The call's end frees whoever makes the requests, even in the middle of waiting for the next one.
  const release = (): void => {
    source.return?.().catch((_alreadyOver: unknown) => undefined);
  };
  ended.addEventListener("abort", release, { once: true });
  const writer = new MessageWriter(stream, ended);
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    if (ended.aborted) return;
    writer.write(method.requestSerialize(next.value));
    await writer.ready();
  }
  if (!ended.aborted) stream.end();
}

/** Yields what arrives, reading no further ahead than sixteen messages; leaving the loop cancels the call. */
async function* responsesOf(
  open: () => ClientReadableStream<unknown>,
  channel: RpcChannel,
  { signal }: CallOptions,
  refine: (error: unknown) => unknown,
): AsyncGenerator<unknown> {
  if (signal !== undefined) throwIfAborted(signal);
  const stream = open();
  // An error may come before the loop listens, and without a listener it would end the process.
  stream.on("error", () => undefined);
  const cancel = (): void => stream.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    for await (const response of stream) {
      if (signal?.aborted) throw abortError(signal);
      yield response;
    }
    if (signal?.aborted) throw abortError(signal);
  } catch (error: unknown) {
    throw refine(translate(error, channel, signal));
  } finally {
    signal?.removeEventListener("abort", cancel);
    stream.cancel();
  }
}

function translate(error: unknown, channel: RpcChannel, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return abortError(signal);
  if (isApiError(error) || !isServiceError(error)) return error;
  return errorFromStatus(error, channel.address);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "metadata" in error;
}

function metadataOf({ metadata = {} }: CallOptions): Metadata {
  const all = new Metadata();
  for (const [key, value] of Object.entries(metadata)) all.set(key, value);
  return all;
}

function limits({ timeoutMs }: CallOptions): { deadline?: number } {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}
