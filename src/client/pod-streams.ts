import type { Duplex } from "node:stream";
import type { ObjectKey } from "../api/object.js";
import { deferred } from "../base/abort.js";
import { PodsService } from "../gen/howbernetes/api/v1/pods.js";
import type { RemoteApiClient } from "./client.js";
import { PodConnection } from "./pod-connection.js";
import { SessionCaller } from "./session-caller.js";

/** A terminal's size in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Which ends of a process are wanted. */
export interface ProcessOptions {
  /** The container; may be left out where the pod has but one. */
  readonly container?: string | undefined;
  /** It is to be sent input; false by default. */
  readonly stdin?: boolean | undefined;
  /** True by default. */
  readonly stdout?: boolean | undefined;
  /** True by default; with a terminal there is none. */
  readonly stderr?: boolean | undefined;
  /** It has a terminal; false by default. */
  readonly tty?: boolean | undefined;
  /** The size of that terminal. */
  readonly terminalSize?: TerminalSize | undefined;
  /** Ends the session. */
  readonly signal?: AbortSignal | undefined;
}

/** A program to run. */
export interface ExecCallOptions extends ProcessOptions {
  /** The program and its arguments; no shell is run. */
  readonly command: readonly string[];
}

/** A piece of what a process wrote. */
export interface ProcessOutput {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

/**
 * A process in a pod. Its session lasts until it ends, `output` is left, or its signal fires: read `output` to its end,
 * or leave it. Where the session breaks, as when the node is lost, `output` throws ServiceUnavailable.
 */
export interface PodProcess {
  /** What it writes, in order, to be read once. Read slowly, it slows the process down. */
  readonly output: AsyncIterable<ProcessOutput>;
  /** Sends input; resolves when more may be sent. Does nothing once the process has ended. */
  write(data: Uint8Array): Promise<void>;
  /** Its input ends here, after what was written before. */
  endInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /**
   * Resolves when `output` has been read to its end: with undefined where the node cannot tell, as of a container that
   * goes on. Rejects as `output` throws.
   */
  exitCode(): Promise<number | undefined>;
}

/** What can be done in running pods. */
export interface PodStreams {
  /**
   * Runs a program in a container. Resolves once it runs.
   * @throws ApiError NotFound, BadRequest, Forbidden; InternalError when it cannot be run; ServiceUnavailable when the
   * pod's node is not connected
   */
  exec(pod: ObjectKey, options: ExecCallOptions): Promise<PodProcess>;
  /** Joins a container's own process, from now on. Errors as of `exec`. */
  attach(pod: ObjectKey, options?: ProcessOptions): Promise<PodProcess>;
  /**
   * Connects to a port of a pod, also of a program that listens on the pod's loopback alone. Each half closes for itself;
   * destroying the stream cuts it. @throws ApiError as of `exec`; InternalError when nobody listens
   */
  portForward(pod: ObjectKey, port: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<Duplex>;
}

/** Sessions with the pods of a cluster, over connections apart from those of watches and writes. Nothing is retried. */
export function createPodStreams(client: Pick<RemoteApiClient, "raw">): PodStreams {
  const pods = client.raw(PodsService, "bulk");
  return {
    exec: async ({ namespace, name }, options) => {
      const start = { namespace, name, options: { ...endsOf(options), command: [...options.command] }, terminalSize: sizeOf(options) };
      return await processOf(new SessionCaller((requests, call) => pods.exec(requests, call), start, options.signal));
    },
    attach: async ({ namespace, name }, options = {}) => {
      const start = { namespace, name, options: endsOf(options), terminalSize: sizeOf(options) };
      return await processOf(new SessionCaller((requests, call) => pods.attach(requests, call), start, options.signal));
    },
    portForward: async ({ namespace, name }, port, { signal } = {}) => {
      const start = { namespace, name, options: { ports: [port] } };
      const caller = new SessionCaller((requests, call) => pods.portForward(requests, call), start, signal);
      await caller.opened();
      return new PodConnection(caller);
    },
  };
}

function endsOf({ container, stdin = false, stdout = true, stderr = true, tty = false }: ProcessOptions) {
  return { container, stdin, stdout, stderr: stderr && !tty, tty };
}

function sizeOf({ terminalSize }: ProcessOptions): { readonly width: number; readonly height: number } | undefined {
  return terminalSize === undefined ? undefined : { width: terminalSize.columns, height: terminalSize.rows };
}

async function processOf<Start>(caller: SessionCaller<Start>): Promise<PodProcess> {
  await caller.opened();
  const ended = deferred<number | undefined>();
  async function* output(): AsyncGenerator<ProcessOutput> {
    let code: number | undefined;
    try {
      for await (const message of caller.outputs()) {
        if (message.$case === "exit") code = message.value.code;
        else if (message.$case === "data") yield { stream: "stdout", data: message.value };
        else if (message.$case === "stderr") yield { stream: "stderr", data: message.value };
      }
    } catch (error: unknown) {
      ended.reject(error);
      throw error;
    } finally {
      ended.resolve(code);
    }
  }
  return {
    output: output(),
    write: (data) => caller.write(data),
    endInput: () => {
      caller.end().catch((_neverRejects: unknown) => undefined);
    },
    resize: ({ columns: width, rows: height }) => caller.send({ message: { $case: "resize", value: { width, height } } }),
    exitCode: () => ended.promise,
  };
}
