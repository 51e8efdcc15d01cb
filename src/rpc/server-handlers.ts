import type { EventEmitter } from "node:events";
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
} from "@grpc/grpc-js";
import { abortError } from "../base/abort.js";
import type { CallerRegistry } from "./caller.js";
import type { CallContext, MethodDefinition } from "./contracts.js";
import { MessageWriter } from "./message-writer.js";
import { type IncomingCall, ServerCall, type ServerCallDeps } from "./server-call.js";

type Method = MethodDefinition<unknown, unknown>;
export type UnaryHandler = (request: unknown, call: CallContext) => Promise<unknown>;
export type StreamHandler = (request: unknown, call: CallContext) => AsyncIterable<unknown>;

/** What serving calls over the network takes. */
export interface GrpcHandlerDeps extends ServerCallDeps {
  readonly callers: CallerRegistry;
}

/** Bytes in, bytes out: requests are decoded, and responses encoded, where an error in that is an error of the call. */
export function unaryHandler(method: Method, handler: UnaryHandler, deps: GrpcHandlerDeps): handleUnaryCall<Buffer, Buffer> {
  const answer = async (request: Buffer, call: ServerCall): Promise<Buffer> => {
    const context = call.context();
    return call.encode(await handler(call.decode(request), context));
  };
  return (grpcCall, respond) => {
    const call = new ServerCall(incoming(grpcCall, deps.callers), method, deps);
    answer(grpcCall.request, call).then(
      (response) => respond(call.succeed() ?? null, response),
      (error: unknown) => {
        const failure = call.fail(error);
        if (failure !== undefined) respond(failure);
      },
    );
  };
}

/** A handler of one request and a stream of responses. */
export function serverStreamHandler(
  method: Method,
  handler: StreamHandler,
  deps: GrpcHandlerDeps,
): handleServerStreamingCall<Buffer, Buffer> {
  return (grpcCall) => {
    const call = new ServerCall(incoming(grpcCall, deps.callers), method, deps);
    serve(call, grpcCall, () => {
      const context = call.context();
      return handler(call.decode(grpcCall.request), context);
    });
  };
}

/** A handler of streams both ways. */
export function bidiHandler(method: Method, handler: StreamHandler, deps: GrpcHandlerDeps): handleBidiStreamingCall<Buffer, Buffer> {
  return (grpcCall) => {
    const call = new ServerCall(incoming(grpcCall, deps.callers), method, deps);
    serve(call, grpcCall, () => handler(requestsOf(call, grpcCall), call.context()));
  };
}

/** What grpc-js calls of all shapes have in common. */
type GrpcCall = Pick<ServerUnaryCall<Buffer, Buffer>, "getAuthContext" | "getPeer" | "metadata"> & EventEmitter;

function incoming(call: GrpcCall, callers: CallerRegistry): IncomingCall {
  return {
    credentials: () => callers.of(call),
    metadata: () => textMetadata(call.metadata.getMap()),
    peer: () => call.getPeer(),
    onCancelled: (listener) => void call.once("cancelled", listener),
  };
}

function textMetadata(all: Readonly<Record<string, string | Buffer>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

type ResponseStream = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** Runs a handler to its end and sends its status. Never rejects. */
function serve(call: ServerCall, stream: ResponseStream, start: () => AsyncIterable<unknown>): void {
  // Sending a status of failure is emitting an error, which without a listener would end the process.
  stream.on("error", () => undefined);
  sendAll(call, stream, start)
    .then(
      () => call.succeed(),
      (error: unknown) => call.fail(error),
    )
    .then((failure) => {
      if (failure !== undefined) stream.emit("error", Object.assign(new Error(failure.details), failure));
      else if (!stream.destroyed) stream.end();
    })
    // Only a fault in grpc-js itself could get here, on a call that has no way left to be told.
    .catch((_unreportable: unknown) => stream.destroy());
}

/** Pulls responses only as fast as the caller takes them, and ends the handler's generator when the caller leaves. */
async function sendAll(call: ServerCall, stream: ResponseStream, start: () => AsyncIterable<unknown>): Promise<void> {
  const writer = new MessageWriter(stream, call.signal);
  for await (const response of start()) {
    if (call.isOver) return;
    writer.write(call.encode(response));
    const room = writer.ready();
    if (room !== undefined) await room;
    if (call.isOver) return;
  }
}

/** The caller's requests; grpc-js reads ahead by no more than sixteen of them. */
async function* requestsOf(call: ServerCall, stream: ServerDuplexStream<Buffer, Buffer>): AsyncGenerator<unknown> {
  try {
    // Leaving the loop early must not destroy the stream, which still has responses and a status to carry.
    for await (const bytes of stream.iterator({ destroyOnReturn: false })) yield call.decode(bytes as Buffer);
  } catch (error: unknown) {
    if (call.signal.aborted) throw abortError(call.signal);
    throw error;
  }
}
