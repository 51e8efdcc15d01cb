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

/** A process in a container whose ends are held here. Its stream closes when its consumer leaves `output`, or the signal fires. */
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
}

/** What goes into containers and comes out of them. Errors as for `Runtime`. */
export interface ContainerStreams {
  /** Output as it was written, stdout and stderr together. @throws RuntimeError NotFound */
  logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncIterable<Buffer>;
}
