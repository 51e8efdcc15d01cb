import { status } from "@grpc/grpc-js";
import { ApiError, badRequest, isForbidden, isInternal, isUnauthorized, unauthorized, unavailable } from "../api/errors.js";
import { isAbort } from "../base/abort.js";
import type { Log } from "../base/log.js";
import type { Credentials } from "./caller.js";
import type { CallContext, Caller, MethodDefinition } from "./contracts.js";
import { statusFromError, type WireStatus } from "./errors.js";
import { codeName } from "./reason-codes.js";

/** What a finished call was, for metrics. */
export interface CallRecord {
  /** As "/howbernetes.api.v1.Resources/Get". */
  readonly method: string;
  /** gRPC's code by name, as "NOT_FOUND". */
  readonly code: string;
  readonly durationMs: number;
  /** Absent when the caller could not be told. */
  readonly caller: Caller | undefined;
}

/** Told of calls as they happen; must not throw or block. */
export interface CallObserver {
  onStart?(method: string): void;
  onCall?(call: CallRecord): void;
  /** A message went over a stream. */
  onMessage?(method: string, direction: "received" | "sent", bytes: number): void;
}

/** What all calls of a server share. */
export interface ServerCallDeps {
  readonly log: Log;
  readonly observer: CallObserver;
  /** Looks at a request's bytes before they are decoded; throws an ApiError to refuse them. */
  readonly checkRequest: ((method: string, bytes: Buffer) => void) | undefined;
  readonly live: Set<ServerCall>;
  readonly isStopping: () => boolean;
}

// Every call's signal fires in the end: making an error with a stack each time would cost more than most calls do.
const callEnded = new DOMException("the call has ended", "AbortError");

/** What a transport tells of a call. */
export interface IncomingCall {
  /** Undefined when the caller has no verified certificate that names one. */
  credentials(): Credentials | undefined;
  /** Text values only. */
  metadata(): ReadonlyMap<string, string>;
  /** Where the caller is. */
  peer(): string;
  /** Calls `listener` when the caller has left or the deadline has passed; it may do so after the call's end, too. */
  onCancelled(listener: () => void): void;
}

/**
 * One call as the server sees it, from its start to its status. Invariants: `signal` fires when the call ends for
 * whatever reason; `finish` takes effect once; a call is in `deps.live` exactly until then.
 */
export class ServerCall {
  private readonly controller = new AbortController();
  private readonly startedMs = performance.now();
  private caller: Caller | undefined;
  private finished = false;
  private stopped = false;

  constructor(
    private readonly call: IncomingCall,
    readonly method: MethodDefinition<unknown, unknown>,
    private readonly deps: ServerCallDeps,
  ) {
    deps.live.add(this);
    deps.observer.onStart?.(method.path);
    call.onCancelled(() => this.finish(status.CANCELLED));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether `signal` has fired: asked for each message, of which the signal itself makes more work. */
  get isOver(): boolean {
    return this.finished || this.stopped;
  }

  /** What the handler is told. @throws ApiError Unauthorized, ServiceUnavailable */
  context(): CallContext {
    if (this.deps.isStopping()) throw unavailable("the server is stopping");
    const credentials = this.call.credentials();
    if (credentials === undefined) throw unauthorized();
    this.caller = credentials.caller;
    return {
      caller: credentials.caller,
      certificateFingerprint: credentials.certificateFingerprint,
      signal: this.signal,
      method: this.method.path,
      metadata: this.call.metadata(),
      peer: this.call.peer(),
    };
  }

  /** @throws ApiError BadRequest when the bytes are not the method's request */
  decode(bytes: Buffer): unknown {
    this.deps.checkRequest?.(this.method.path, bytes);
    if (this.method.requestStream) this.deps.observer.onMessage?.(this.method.path, "received", bytes.length);
    try {
      return this.method.requestDeserialize(bytes);
    } catch (error: unknown) {
      this.deps.log.debug("malformed request", { method: this.method.path, error });
      throw badRequest("the request is not a valid protobuf message");
    }
  }

  encode(response: unknown): Buffer {
    const bytes = this.method.responseSerialize(response);
    if (this.method.responseStream) this.deps.observer.onMessage?.(this.method.path, "sent", bytes.length);
    return bytes;
  }

  /** Ends the call's work because the server stops; the caller is told to try elsewhere. */
  stop(): void {
    this.stopped = true;
    this.controller.abort(callEnded);
  }

  /** The handler is done. @returns the status to send, or undefined when nobody waits for one */
  succeed(): WireStatus | undefined {
    if (this.stopped) return this.fail(undefined);
    this.finish(status.OK);
    return undefined;
  }

  /** The handler threw. @returns the status to send, or undefined when nobody waits for one */
  fail(error: unknown): WireStatus | undefined {
    if (this.finished) {
      this.logLate(error);
      return undefined;
    }
    const told = this.stopped && (error === undefined || isAbort(error)) ? unavailable("the server is stopping") : ApiError.from(error);
    if (isInternal(told)) this.deps.log.error("call failed", { method: this.method.path, caller: this.caller?.name, error });
    if (isForbidden(told) || isUnauthorized(told)) this.logRefusal(told);
    const sent = statusFromError(told);
    this.finish(sent.code);
    return sent;
  }

  private logRefusal({ message }: ApiError): void {
    this.deps.log.info("call refused", { method: this.method.path, caller: this.caller?.name, peer: this.call.peer(), message });
  }

  /** A handler that fails for having lost its caller is as it should be; anything else is worth knowing. */
  private logLate(error: unknown): void {
    if (isAbort(error) || !isInternal(ApiError.from(error))) return;
    this.deps.log.warn("call failed after its caller had left", { method: this.method.path, caller: this.caller?.name, error });
  }

  private finish(code: number): void {
    if (this.finished) return;
    this.finished = true;
    this.deps.live.delete(this);
    this.controller.abort(callEnded);
    this.deps.observer.onCall?.({
      method: this.method.path,
      code: codeName(code),
      durationMs: performance.now() - this.startedMs,
      caller: this.caller,
    });
  }
}
