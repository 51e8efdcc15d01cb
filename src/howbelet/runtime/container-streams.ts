import type { Duplex } from "node:stream";

export interface ContainerLogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Undefined: from the beginning. */
  readonly tailLines: number | undefined;
  /** Undefined: from the beginning. Seconds since 1970, with a fraction. */
  readonly sinceSeconds: number | undefined;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** A terminal's size in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExecOptions {
  readonly command: readonly string[];
  /** It gets an input; without, it reads an end at once. */
  readonly stdin: boolean;
  /** It gets a terminal: its output is then all stdout. */
  readonly tty: boolean;
  /** Of that terminal, from the beginning where the runtime can; undefined leaves it to the runtime. */
  readonly terminalSize?: TerminalSize | undefined;
}

export interface AttachOptions {
  /** Input goes to the container's own, if it has one. */
  readonly stdin: boolean;
}

/** A piece of a process' output. */
export interface OutputPiece {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

/**
 * A process in a container whose ends are held here, until it ends, whoever reads `output` leaves, or the signal fires.
 * What a program is that is left so is its own affair: its input ends, and its output goes nowhere.
 */
export interface StreamedProcess {
  /** What it writes, in order, until it ends; read slowly, it is slowed down. */
  readonly output: AsyncIterable<OutputPiece>;
  /** Resolves when more may be written. Does nothing once the process has ended. */
  write(data: Buffer): Promise<void>;
  /** Its input ends here. */
  endInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /** To be asked after `output` has ended; undefined when the runtime does not know. */
  exitCode(): Promise<number | undefined>;
  /**
   * Ends a program that was run by `exec` with SIGKILL, but not what it has started itself; absent where the runtime has
   * no means to. @throws RuntimeError Failed when it turns out to have none
   */
  kill?(): Promise<void>;
}

/** What goes into containers and comes out of them. Errors as for `Runtime`. */
export interface ContainerStreams {
  /** Output as it was written, stdout and stderr together. @throws RuntimeError NotFound */
  logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncIterable<Buffer>;
  /**
   * Runs a program in a running container. One that cannot be run says so in its output and ends with 126 or 127.
   * @throws RuntimeError NotFound; Failed when the container does not run
   */
  exec(id: string, options: ExecOptions, signal: AbortSignal): Promise<StreamedProcess>;
  /** Joins a running container's own process, from now on. @throws RuntimeError NotFound; Failed when it does not run */
  attach(id: string, options: AttachOptions, signal: AbortSignal): Promise<StreamedProcess>;
  /**
   * Connects to a port of the pod that a sandbox holds, also where only its own programs could. Either half of the
   * connection may be closed alone; destroy it when done. @throws RuntimeError NotFound; Failed when nobody listens
   */
  connect(sandboxId: string, port: number, signal: AbortSignal): Promise<Duplex>;
}
