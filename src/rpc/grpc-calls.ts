import type { Client, ClientDuplexStream, ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { Metadata } from "@grpc/grpc-js";
import { isApiError } from "../api/errors.js";
import { abortError, throwIfAborted } from "../base/abort.js";
import type { CallOptions, MethodDefinition } from "./contracts.js";
import { errorFromStatus } from "./errors.js";
import { MessageWriter } from "./message-writer.js";
import { defaultTimeoutMs } from "./transport-settings.js";

type Method = MethodDefinition<unknown, unknown>;

/** Connections to a server. */
interface GrpcPeer {
  /** For messages. */
  readonly address: string;
  readonly grpc: Client;
}

/** A call of one request and one response. */
export async function unaryCall(peer: GrpcPeer, method: Method, request: unknown, options: CallOptions): Promise<unknown> {
  const { signal } = options;
  if (signal !== undefined) throwIfAborted(signal);
  const deadline = Date.now() + (options.timeoutMs ?? defaultTimeoutMs);
  return await new Promise((resolve, reject) => {
    const { requestSerialize, responseDeserialize } = method;
    const done = (error: ServiceError | null, response: unknown): void => {
      signal?.removeEventListener("abort", cancel);
      if (error === null) resolve(response);
      else reject(signal?.aborted ? abortError(signal) : errorFromStatus(error, peer.address));
    };
    const metadata = metadataOf(options);
    const call = peer.grpc.makeUnaryRequest(method.path, requestSerialize, responseDeserialize, request, metadata, { deadline }, done);
    const cancel = (): void => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

/** A call of one request and a stream of responses. */
export function streamCall(peer: GrpcPeer, method: Method, request: unknown, options: CallOptions): AsyncGenerator<unknown> {
  const { path, requestSerialize, responseDeserialize } = method;
  const open = (): ClientReadableStream<unknown> =>
    peer.grpc.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadataOf(options), limits(options));
  return responsesOf(open, peer, options, (error) => error);
}

/** A call of streams both ways. */
export async function* duplexCall(
  peer: GrpcPeer,
  method: Method,
  requests: AsyncIterable<unknown>,
  options: CallOptions,
): AsyncGenerator<unknown> {
  const ended = new AbortController();
  // A broken source of requests breaks the call; its error then is what the reader of the responses sees.
  let broken: { readonly error: unknown } | undefined;
  const open = (): ClientReadableStream<unknown> => {
    const asIs = (bytes: Buffer): Buffer => bytes;
    const stream = peer.grpc.makeBidiStreamRequest(method.path, asIs, method.responseDeserialize, metadataOf(options), limits(options));
    sendAll(stream, requests, method, ended.signal).catch((error: unknown) => {
      if (ended.signal.aborted) return;
      broken = { error };
      stream.cancel();
    });
    return stream;
  };
  try {
    yield* responsesOf(open, peer, options, (error) => (broken === undefined ? error : broken.error));
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
  peer: GrpcPeer,
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
    throw refine(translate(error, peer, signal));
  } finally {
    signal?.removeEventListener("abort", cancel);
    stream.cancel();
  }
}

function translate(error: unknown, peer: GrpcPeer, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return abortError(signal);
  if (isApiError(error) || !isServiceError(error)) return error;
  return errorFromStatus(error, peer.address);
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
