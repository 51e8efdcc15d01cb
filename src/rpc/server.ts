import { Server, ServerCredentials, type UntypedHandleCall } from "@grpc/grpc-js";
import { deferred } from "../base/abort.js";
import { parseHostPort } from "../base/host-port.js";
import { InvariantError } from "../base/invariant.js";
import type { Log } from "../base/log.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import { CallerRegistry, credentialsOfHolder } from "./caller.js";
import type { RpcChannel } from "./channel.js";
import type { CallContext, Handlers, MethodDefinition, ServiceDefinition } from "./contracts.js";
import { createInProcessChannel, type ServedMethod } from "./in-process.js";
import type { CallObserver, ServerCall } from "./server-call.js";
import { bidiHandler, type GrpcHandlerDeps, serverStreamHandler, unaryHandler } from "./server-handlers.js";
import { logTlsRefusals } from "./tls-refusals.js";
import { keepaliveTimeMs, keepaliveTimeoutMs, maxRequestBytes } from "./transport-settings.js";

export interface RpcServerOptions {
  /** The server's own certificate, and the CA that callers' certificates must be signed by. */
  readonly tls: TlsMaterial;
  readonly log: Log;
  /** Told of each call; nobody by default. */
  readonly observer?: CallObserver;
  /** Looks at each request's bytes before they are decoded, and throws an ApiError to refuse them; no check by default. */
  readonly checkRequest?: (method: string, bytes: Buffer) => void;
}

/** A gRPC server that serves nobody without a certificate of its CA. */
export interface RpcServer {
  /** Serves a service. Must precede `listen`. */
  add<D extends ServiceDefinition>(definition: D, handlers: Handlers<D>): void;
  /** Listens on `host:port`; port 0 chooses one. @throws Error when the address cannot be had */
  listen(address: string): Promise<{ readonly host: string; readonly port: number }>;
  /**
   * A way in for callers in this process, with the certificate and key that they would show over the network. Works
   * while the server listens, and as a connection does: before and after, calls fail as if nobody listened.
   */
  connect(tls: Pick<TlsMaterial, "cert" | "key">): RpcChannel;
  /**
   * Takes no new calls, ends streams with ServiceUnavailable, lets unary calls end for `graceMs`, then cuts what is
   * left. Resolves when all is closed or cut; a second call joins the first.
   */
  stop(graceMs: number): Promise<void>;
}

/** Of one connection: enough for a thousand watches, and a bound for one that opens streams without end. */
const maxConcurrentStreams = 4_096;
/** Connections move to other servers now and then; calls under way are left to end by themselves. */
const maxConnectionAgeMs = 2 * 60 * 60 * 1000;
/** A connection without calls is closed: its client dials again when it needs to. */
const maxConnectionIdleMs = 10 * 60 * 1000;

/**
 * A session that was closing when it was cut still waits for its peer to close the socket, which one that reads nothing
 * does only when its keepalive fails: that is not waited for.
 */
const cutMs = 500;

/** Creates a server; it serves after `add` and `listen`. */
export function createRpcServer(options: RpcServerOptions): RpcServer {
  return new GrpcServer(options);
}

class GrpcServer implements RpcServer {
  private readonly live = new Set<ServerCall>();
  private readonly server = new Server({
    "grpc.keepalive_time_ms": keepaliveTimeMs,
    "grpc.keepalive_timeout_ms": keepaliveTimeoutMs,
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.max_receive_message_length": maxRequestBytes,
    // Pages are bounded by whoever makes them; an answer that was made must not fail for its size here.
    "grpc.max_send_message_length": -1,
    "grpc.max_concurrent_streams": maxConcurrentStreams,
    "grpc.max_connection_age_ms": maxConnectionAgeMs,
    "grpc.max_connection_idle_ms": maxConnectionIdleMs,
    "grpc.enable_channelz": 0,
  });
  private readonly deps: GrpcHandlerDeps;
  /** By path. */
  private readonly served = new Map<string, ServedMethod>();
  /** What runs for callers in this process. */
  private readonly tracked = new Set<Promise<unknown>>();
  private readonly inProcess = new Set<RpcChannel>();
  private isListening = false;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: RpcServerOptions) {
    this.deps = {
      log: options.log,
      observer: options.observer ?? {},
      checkRequest: options.checkRequest,
      callers: new CallerRegistry(),
      live: this.live,
      isStopping: () => this.stopping !== undefined,
    };
  }

  add<D extends ServiceDefinition>(definition: D, handlers: Handlers<D>): void {
    for (const [name, method] of Object.entries(definition)) {
      const handler: unknown = handlers[name as keyof D];
      if (typeof handler !== "function") throw new InvariantError(`no handler for ${method.path}`);
      this.register(method, handler.bind(handlers));
    }
  }

  // The contract's conditional types made sure that handler and method fit; here they are told apart by the method alone.
  private register(method: MethodDefinition<unknown, unknown>, handler: (request: never, call: CallContext) => never): void {
    this.served.set(method.path, { method, handler: handler as never });
    if (method.requestStream && method.responseStream) {
      this.put(method.path, "bidi", bidiHandler(method, handler as never, this.deps));
    } else if (method.requestStream) {
      throw new InvariantError(`client streaming is not supported: ${method.path}`);
    } else if (method.responseStream) {
      this.put(method.path, "serverStream", serverStreamHandler(method, handler as never, this.deps));
    } else {
      this.put(method.path, "unary", unaryHandler(method, handler as never, this.deps));
    }
  }

  private put(path: string, type: string, handler: UntypedHandleCall): void {
    const asIs = (bytes: Buffer): Buffer => bytes;
    if (!this.server.register(path, handler, asIs, asIs, type)) throw new InvariantError(`${path} is served already`);
  }

  async listen(address: string): Promise<{ readonly host: string; readonly port: number }> {
    const { ca, cert, key } = this.options.tls;
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    const credentials = ServerCredentials.createSsl(Buffer.from(ca), [pair], true);
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(address, credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(new Error(`cannot listen on ${address}: ${error.message}`, { cause: error }));
      });
    });
    logTlsRefusals(this.server, this.options.log);
    this.isListening = true;
    return { host: parseHostPort(address).host, port };
  }

  connect(tls: Pick<TlsMaterial, "cert" | "key">): RpcChannel {
    const server = {
      deps: this.deps,
      find: (path: string) => this.served.get(path),
      isListening: () => this.isListening && this.stopping === undefined,
      track: (work: Promise<unknown>) => this.track(work),
    };
    const channel = createInProcessChannel(server, credentialsOfHolder(tls, this.options.tls.ca));
    this.inProcess.add(channel);
    return channel;
  }

  private track(work: Promise<unknown>): void {
    const ended: Promise<unknown> = work.then(() => this.tracked.delete(ended));
    this.tracked.add(ended);
  }

  stop(graceMs: number): Promise<void> {
    this.stopping ??= this.shutDown(graceMs);
    return this.stopping;
  }

  private async shutDown(graceMs: number): Promise<void> {
    for (const call of this.live) if (call.method.responseStream) call.stop();
    const closed = deferred();
    this.server.tryShutdown(() => {
      Promise.all(this.tracked).then(() => closed.resolve(), closed.reject);
    });
    const timers = [
      setTimeout(() => {
        for (const call of this.live) call.stop();
        for (const channel of this.inProcess) channel.close();
        this.server.forceShutdown();
      }, graceMs),
      setTimeout(() => closed.resolve(), graceMs + cutMs),
    ];
    await closed.promise;
    for (const timer of timers) clearTimeout(timer);
  }
}
