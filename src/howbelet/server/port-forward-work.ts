import { once } from "node:events";
import type { Duplex } from "node:stream";
import { internalError, isApiError } from "../../api/errors.js";
import { abortable, deferred } from "../../base/abort.js";
import type { SessionInput, SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import { RuntimeError } from "../runtime/errors.js";
import type { SessionWork } from "./session.js";

/** A connection that is wanted, and how to come by it. */
export interface WantedConnection {
  readonly port: number;
  readonly podName: string;
  /** @throws RuntimeError */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
}

/** Carries one connection to a port of a pod. Either half may close first; it is over when both have. */
export class PortForwardWork implements SessionWork {
  private readonly connected = deferred<Duplex>();
  private readonly inputEnded = deferred();

  constructor(private readonly wanted: WantedConnection) {}

  async *output(signal: AbortSignal): AsyncGenerator<SessionOutput> {
    const connection = await this.connect(signal);
    const cut = (): void => void connection.destroy();
    signal.addEventListener("abort", cut, { once: true });
    try {
      yield { message: { $case: "opened", value: {} } };
      // Leaving this loop must not cut the half that still carries input.
      for await (const data of connection.iterator({ destroyOnReturn: false })) yield { message: { $case: "data", value: data as Buffer } };
      yield { message: { $case: "end", value: {} } };
      await abortable(this.inputEnded.promise, signal);
    } catch (error: unknown) {
      if (signal.aborted) throw error;
      throw this.failed(error);
    } finally {
      signal.removeEventListener("abort", cut);
      cut();
    }
  }

  async take({ message }: SessionInput): Promise<void> {
    // Where it could not be made, the output says so.
    const connection = await this.connected.promise.catch((_toldByOutput: unknown) => undefined);
    if (connection === undefined) return;
    if (message?.$case === "data") await write(connection, message.value);
    if (message?.$case === "end") connection.end(() => this.inputEnded.resolve());
  }

  private async connect(signal: AbortSignal): Promise<Duplex> {
    try {
      const connection = await this.wanted.connect(signal);
      // What breaks is told by reading.
      connection.on("error", (error: unknown) => this.inputEnded.reject(error));
      this.connected.resolve(connection);
      return connection;
    } catch (error: unknown) {
      this.connected.reject(error);
      throw signal.aborted ? error : this.failed(error);
    }
  }

  private failed(error: unknown): Error {
    if (isApiError(error)) return error;
    const { port, podName } = this.wanted;
    const { code } = error as NodeJS.ErrnoException;
    const why = error instanceof RuntimeError ? error.message : code === undefined ? String(error) : `the connection broke: ${code}`;
    return internalError(`error forwarding port ${port} to pod ${podName}: ${why}`, error);
  }
}

/** Writes, and waits until there is room for more, or nobody is left to take it. */
async function write(connection: Duplex, data: Buffer): Promise<void> {
  if (!connection.writable || connection.write(data)) return;
  const stop = new AbortController();
  try {
    await Promise.race([
      once(connection, "drain", { signal: stop.signal }),
      new Promise<void>((resolve) => connection.once("close", () => resolve())),
    ]);
  } finally {
    stop.abort();
  }
}
