import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type {
  AttachOptions,
  ContainerLogOptions,
  ContainerStreams,
  ExecOptions,
  StreamedProcess,
  TerminalSize,
} from "../container-streams.js";
import { RuntimeError } from "../errors.js";
import { containerLogs } from "./container-logs.js";
import { connectToPod } from "./docker-ports.js";
import { closeStream, type DockerEngine } from "./engine.js";
import { HijackedProcess } from "./hijacked-process.js";
import { killProgram } from "./kill-program.js";
import { linesOf } from "./lines.js";

/** What goes into Docker's containers and comes out of them. */
export class DockerStreams implements ContainerStreams {
  constructor(
    private readonly engine: DockerEngine,
    /** A running sandbox's address; "" when it has none of its own. @throws RuntimeError NotFound */
    private readonly addressOf: (sandboxId: string, signal: AbortSignal) => Promise<string>,
  ) {}

  async *logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { Config: config } = await this.inspect(id, signal);
    yield* containerLogs(this.engine, { id, isTerminal: config.Tty }, options, signal);
  }

  async exec(id: string, { command, stdin, tty, terminalSize: size }: ExecOptions, signal: AbortSignal): Promise<StreamedProcess> {
    // Heeded from API 1.42 on; before, a terminal has its size a moment after its program has begun.
    const consoleSize = size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] satisfies [number, number] };
    const options = { Cmd: [...command], AttachStdin: stdin, AttachStdout: true, AttachStderr: true, Tty: tty, ...consoleSize };
    // A second back: the engine's clock rounds as it likes.
    const sinceSeconds = Math.floor(Date.now() / 1000) - 1;
    const exec = await this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).exec({ ...options, abortSignal }));
    const connection = await this.engine.open(signal, (abortSignal) => exec.start({ hijack: true, Tty: tty, abortSignal }));
    return new HijackedProcess(
      connection,
      {
        tty,
        resize: (size) => this.engine.call(signal, (abortSignal) => exec.resize({ ...dimensions(size), abortSignal })),
        exitCode: () => this.exitCodeOf(exec, { containerId: id, sinceSeconds }, signal),
        ...(this.engine.isLocal ? { kill: () => killProgram(this.engine, exec, id, signal) } : {}),
      },
      signal,
    );
  }

  async attach(id: string, { stdin }: AttachOptions, signal: AbortSignal): Promise<StreamedProcess> {
    const container = this.engine.docker.getContainer(id);
    const info = await this.inspect(id, signal);
    if (!info.State.Running) throw new RuntimeError("Failed", `container ${id} is not running`);
    const options = { stream: true, stdin: stdin && info.Config.OpenStdin, stdout: true, stderr: true, hijack: true };
    const connection = await this.engine.open(signal, (abortSignal) => container.attach({ ...options, abortSignal }));
    return new HijackedProcess(
      connection as Duplex,
      {
        tty: info.Config.Tty,
        resize: (size) => this.engine.call(signal, (abortSignal) => container.resize({ ...dimensions(size), abortSignal })),
        exitCode: async () => {
          const { State: state } = await this.inspect(id, signal);
          return state.Running ? undefined : state.ExitCode;
        },
      },
      signal,
    );
  }

  async connect(sandboxId: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const ip = await this.addressOf(sandboxId, signal);
    return await connectToPod(this.engine, { sandboxId, ip }, port, signal);
  }

  private inspect(id: string, signal: AbortSignal) {
    return this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).inspect({ abortSignal }));
  }

  /** Docker closes the streams a moment before it knows the exit code: then its event is waited for. */
  private async exitCodeOf(
    exec: Docker.Exec,
    { containerId, sinceSeconds }: { readonly containerId: string; readonly sinceSeconds: number },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const inspect = () => this.engine.call(signal, (abortSignal) => exec.inspect({ abortSignal }));
    const known = await inspect();
    if (!known.Running) return known.ExitCode ?? undefined;
    const filters = JSON.stringify({ container: [containerId], event: ["exec_die", "die"] });
    const events = await this.engine.open(signal, (abortSignal) => {
      const options = { filters, since: sinceSeconds, abortSignal };
      return this.engine.docker.getEvents(options);
    });
    try {
      for await (const line of linesOf(events)) {
        const event = parseEvent(line);
        if (event.Action === "die" || event.Actor?.Attributes?.execID === exec.id) break;
      }
    } finally {
      closeStream(events);
    }
    return (await inspect()).ExitCode ?? undefined;
  }
}

interface ExecEvent {
  readonly Action?: string;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

function parseEvent(line: string): ExecEvent {
  return line.trim() === "" ? {} : (JSON.parse(line) as ExecEvent);
}

function dimensions({ columns, rows }: TerminalSize): { readonly h: number; readonly w: number } {
  return { h: rows, w: columns };
}
