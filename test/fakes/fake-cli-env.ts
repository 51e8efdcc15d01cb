import { abortable, isAbort, untilAbort } from "../../src/base/abort.js";
import { type Clock, systemClock } from "../../src/base/clock.js";
import type { RemoteApiClient } from "../../src/client/client.js";
import { emptyHowbeconfig, type Howbeconfig } from "../../src/client/howbeconfig.js";
import type { CliEnv, GlobalFlags, Output } from "../../src/howbectl/cli-env.js";
import { errorText } from "../../src/howbectl/error-text.js";
import { localNetwork } from "../../src/howbectl/local-network.js";
import { runProgram } from "../../src/howbectl/program.js";
import { isCommandFailure, UsageError } from "../../src/howbectl/usage-error.js";
import { FakeCluster } from "./fake-cluster.js";

/** Wall-clock time in the fake world. */
export const fakeNowMs = Date.UTC(2030, 0, 1);

/** A cluster that there is, instead of one in memory. */
export interface RealCluster {
  readonly client: RemoteApiClient;
  readonly namespace: string;
}

/** Runs howbectl in a world of its own: a cluster, files and standard streams in memory. */
export class FakeCli {
  readonly cluster = new FakeCluster();
  /** Files by path; each character is a byte where bytes are read. */
  readonly files: Record<string, string> = {};
  /** The howbeconfig. */
  config: Howbeconfig = emptyHowbeconfig;
  stdin = "";
  /** Whether standard input and output are on a terminal. */
  isTerminal = false;
  /** What became of the terminal's mode, in order. */
  readonly terminalModes: ("raw" | "restored")[] = [];
  /** The terminal's size; `resize` changes it. */
  size = { columns: 80, rows: 24 };
  /** Answers to questions, in order; none: standard input is no terminal. */
  answers: string[] = [];
  /** Environment variables. */
  readonly variables: Record<string, string> = {};
  /** Programs by name: each gets its arguments and returns its exit code. */
  readonly programs: Record<string, (args: readonly string[], files: Record<string, string>) => number> = {};
  /** Timers set so far, for tests that let a deadline pass. */
  readonly timers: (() => void)[] = [];
  out = "";
  err = "";
  private readonly interruption = new AbortController();

  /** @param real then time is real, too */
  constructor(private readonly real?: RealCluster) {}

  private listeners: (() => void)[] = [];
  private readonly sizeListeners = new Set<() => void>();

  /** Runs a command line and returns its exit code; what it printed is in `out` and `err`. */
  async run(...words: string[]): Promise<number> {
    this.out = "";
    this.err = "";
    try {
      await runProgram(words, (flags) => this.env(flags));
      return 0;
    } catch (error: unknown) {
      if (isAbort(error)) return 130;
      const text = errorText(error);
      if (text !== "") this.err += `${text}\n`;
      return isCommandFailure(error) ? error.exitCode : 1;
    }
  }

  /** Presses Ctrl-C. */
  interrupt(): void {
    this.interruption.abort();
  }

  /** Changes the size of the terminal's window. */
  resize(columns: number, rows: number): void {
    this.size = { columns, rows };
    for (const listener of this.sizeListeners) listener();
  }

  /** Resolves once standard output holds `text`. */
  async printed(text: string): Promise<void> {
    while (!this.out.includes(text)) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  /** Resolves once standard error holds `text`. */
  async complained(text: string): Promise<void> {
    while (!this.err.includes(text)) await new Promise<void>((resolve) => this.listeners.push(resolve));
  }

  private env(flags: () => GlobalFlags): CliEnv {
    const fakeClock: Clock = {
      ...systemClock,
      now: () => fakeNowMs,
      after: (_ms, task) => {
        this.timers.push(task);
        return () => undefined;
      },
      sleep: (_ms, signal) => abortable(new Promise<void>((resolve) => this.timers.push(resolve)), signal),
    };
    return {
      out: this.output("out"),
      err: this.output("err"),
      input: {
        isTerminal: this.isTerminal || this.answers.length > 0,
        readAll: async () => this.stdin,
        ask: async () => this.answers.shift() ?? "",
        chunks: (signal) => this.chunks(signal),
      },
      terminal: {
        size: () => (this.isTerminal ? this.size : undefined),
        onResize: (changed) => {
          this.sizeListeners.add(changed);
          return () => void this.sizeListeners.delete(changed);
        },
        makeRaw: () => {
          this.terminalModes.push("raw");
          return () => void this.terminalModes.push("restored");
        },
      },
      network: localNetwork,
      files: {
        isDirectory: async (path) => this.isDirectory(path),
        list: async (path) => this.namesIn(path),
        read: async (path) => this.read(path),
        readBytes: async (path) => Buffer.from(this.read(path), "latin1"),
        write: async (path, text) => {
          this.files[path] = text;
        },
        makeDirectory: async () => undefined,
        makeTemporaryDirectory: async () => "/tmp/howbectl-test",
        remove: async (path) => {
          for (const file of Object.keys(this.files)) if (file === path || file.startsWith(`${path}/`)) delete this.files[file];
        },
      },
      programs: {
        run: async (program, args) => {
          const run = this.programs[program];
          if (run === undefined) throw new UsageError(`unable to launch "${program}": spawn ${program} ENOENT`);
          return run(args, this.files);
        },
      },
      variable: (name) => this.variables[name],
      clock: this.real === undefined ? fakeClock : systemClock,
      signal: this.interruption.signal,
      config: {
        read: async () => this.config,
        write: async (config) => {
          this.config = config;
        },
      },
      get flags() {
        return flags();
      },
      namespace: async () => flags().namespace ?? this.real?.namespace ?? "default",
      server: async () => flags().server ?? "10.0.0.1:7443",
      client: async () => this.real?.client ?? this.cluster.client(),
    };
  }

  /** Standard input; a terminal's has no end, somebody might still press a key. */
  private async *chunks(signal: AbortSignal): AsyncGenerator<Buffer> {
    if (this.stdin !== "") yield Buffer.from(this.stdin);
    if (this.isTerminal) await untilAbort(signal);
  }

  private output(stream: "out" | "err"): Output {
    const write = (text: string): void => {
      this[stream] += text;
      const told = this.listeners;
      this.listeners = [];
      for (const listener of told) listener();
    };
    return { isTerminal: false, line: (text) => write(`${text}\n`), bytes: async (data) => write(Buffer.from(data).toString()) };
  }

  private read(path: string): string {
    const text = this.files[path];
    if (text === undefined) throw new UsageError(`the path "${path}" does not exist`);
    return text;
  }

  private isDirectory(path: string): boolean {
    if (this.files[path] !== undefined) return false;
    if (this.namesIn(path).length > 0) return true;
    throw new UsageError(`the path "${path}" does not exist`);
  }

  private namesIn(path: string): string[] {
    const inside = Object.keys(this.files).filter((file) => file.startsWith(`${path}/`));
    return [...new Set(inside.map((file) => file.slice(path.length + 1).split("/")[0] ?? ""))].sort();
  }
}
