import { Agent } from "node:http";
import { inspect } from "node:util";
import Docker from "dockerode";
import { abortable, abortError } from "../../../base/abort.js";
import { linkAbort } from "../../../base/linked-abort.js";
import { RuntimeError } from "../errors.js";

/** Starting and removing containers takes an overloaded engine seconds; this long, and it hangs. */
const usualDeadlineMs = 60_000;

/**
 * docker-modem formats the options of every request with util.inspect, to any depth, for a debug line that is hardly
 * ever printed. With the agent among them, and through it every socket, that took more time than all else together.
 */
class OpaqueAgent extends Agent {
  [inspect.custom](): string {
    return "Agent";
  }
}

/**
 * A Docker Engine behind one connection pool. `call` gives each request a deadline of its own by an AbortSignal:
 * dockerode's `timeout` counts a socket's silence instead, and so would end quiet event and log streams too.
 */
export class DockerEngine {
  readonly docker: Docker;
  private readonly agent: Agent;

  /** `host` is as in DOCKER_HOST, which is its default; a call may take `callDeadlineMs`. @throws Error when it is not understood */
  constructor(
    host: string | undefined,
    private readonly callDeadlineMs: number = usualDeadlineMs,
  ) {
    this.agent = new OpaqueAgent({ keepAlive: true, maxFreeSockets: 8 });
    const options = { ...connectionOf(host), agent: this.agent };
    this.docker = new Docker(options);
  }

  /** It is reached by a socket in this machine's file system. */
  get isLocal(): boolean {
    // Text, or a function that looks in the usual places.
    const { socketPath } = this.docker.modem as { readonly socketPath?: unknown };
    return socketPath !== undefined && socketPath !== "";
  }

  /**
   * Makes one request within the deadline.
   * @throws RuntimeError what the engine said; an abort error when `signal` fired
   */
  async call<T>(signal: AbortSignal, request: (abortSignal: AbortSignal) => Promise<T>, deadlineMs = this.callDeadlineMs): Promise<T> {
    const either = linkAbort(signal);
    const late = setTimeout(() => either.abort(), deadlineMs);
    try {
      // Not every request of dockerode takes a signal: those are left behind, not waited for.
      return await abortable(request(either.signal), either.signal);
    } catch (error: unknown) {
      if (signal.aborted) throw abortError(signal);
      if (either.signal.aborted)
        throw new RuntimeError("Unavailable", `the container engine did not answer within ${deadlineMs / 1000} s`, error);
      throw engineError(error);
    } finally {
      clearTimeout(late);
      either.unlink();
    }
  }

  /** As `call`, for a response that is a stream: only its beginning has a deadline. */
  async open<T extends NodeJS.EventEmitter>(signal: AbortSignal, request: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const either = linkAbort(signal);
    const late = setTimeout(() => either.abort(), this.callDeadlineMs);
    try {
      const stream = await request(either.signal);
      // As long as it is open, the signal ends it.
      stream.once("close", either.unlink);
      return stream;
    } catch (error: unknown) {
      either.unlink();
      if (signal.aborted) throw abortError(signal);
      if (either.signal.aborted) throw new RuntimeError("Unavailable", "the container engine did not answer", error);
      throw engineError(error);
    } finally {
      clearTimeout(late);
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The HTTP status with which the engine refused a request; undefined when it was not the engine that failed it. */
export function statusCodeOf(error: unknown): number | undefined {
  const source = error instanceof RuntimeError ? error.cause : error;
  const code = (source as { readonly statusCode?: unknown } | undefined)?.statusCode;
  return typeof code === "number" ? code : undefined;
}

/** Translates what dockerode throws; the message is the engine's own sentence. */
export function engineError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  const status = statusCodeOf(error);
  const message = messageOf(error);
  if (status === undefined) return new RuntimeError("Unavailable", `the container engine cannot be reached: ${message}`, error);
  if (status === 404) return new RuntimeError(/no such image/i.test(message) ? "ImageNotFound" : "NotFound", message, error);
  if (status === 400) return new RuntimeError("Invalid", message, error);
  return new RuntimeError("Failed", message, error);
}

/** Ends a response that is a stream. */
export function closeStream(stream: NodeJS.ReadableStream): void {
  (stream as NodeJS.ReadableStream & { destroy?: () => void }).destroy?.();
}

function messageOf(error: unknown): string {
  const json = (error as { readonly json?: { readonly message?: unknown } | null }).json;
  if (typeof json?.message === "string") return json.message;
  // Refusals of streams come without a body of their own: dockerode writes the code before the engine's sentence.
  return error instanceof Error ? error.message.replace(/^\(HTTP code \d+\) [^-]* - /, "").trim() : String(error);
}

function connectionOf(host: string | undefined): { socketPath?: string; host?: string; port?: number; protocol?: "http" | "https" } {
  // dockerode reads DOCKER_HOST, DOCKER_CERT_PATH and the usual places of the socket by itself.
  if (host === undefined || host === "") return {};
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  if (host.startsWith("/")) return { socketPath: host };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  const protocol = url?.protocol === "https:" ? "https" : "http";
  if (url === undefined || !["tcp:", "http:", "https:"].includes(url.protocol) || url.hostname === "")
    throw new Error(`"${host}" is not a Docker host: expected unix:///PATH or tcp://HOST:PORT`);
  return { host: url.hostname, port: Number(url.port) || (protocol === "https" ? 2376 : 2375), protocol };
}
