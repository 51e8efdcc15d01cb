import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** How a command ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Its input stays open, for the test to write to. */
  readonly keepsInput?: boolean;
}

/** A command that runs, its output collected and searchable while it does. */
export class Running {
  #stdout = "";
  #stderr = "";
  readonly #waiting = new Set<() => void>();
  readonly ended: Promise<Outcome>;
  #outcome: Outcome | undefined;

  constructor(readonly child: ChildProcessByStdio<Writable, Readable, Readable>) {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.#outcome = { code: code ?? (signal === null ? -1 : 128), stdout: this.#stdout, stderr: this.#stderr };
        resolve(this.#outcome);
        this.#wake();
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves once `condition` holds of the output so far. */
  async until(what: string, condition: (stdout: string, stderr: string) => boolean, timeoutMs = 90_000): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    while (!condition(this.#stdout, this.#stderr)) {
      if (this.#outcome !== undefined || deadline.aborted) {
        const state = this.#outcome === undefined ? "still running" : `ended with ${this.#outcome.code}`;
        throw new Error(`waited for ${what}; ${state}\n--- stdout\n${this.#stdout}\n--- stderr\n${this.#stderr.slice(-4000)}`);
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          deadline.removeEventListener("abort", wake);
          resolve();
        };
        this.#waiting.add(wake);
        deadline.addEventListener("abort", wake);
      });
    }
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Outcome> {
    this.child.kill(signal);
    return this.ended;
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** Starts a command without a shell. */
export function start(program: string, args: readonly string[], { env = {}, input, keepsInput = false }: RunOptions = {}): Running {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  // A command that ends without reading its input is no failure of the test's.
  child.stdin.on("error", (_closed) => undefined);
  if (keepsInput) child.stdin.write(input ?? "");
  else child.stdin.end(input ?? "");
  return new Running(child);
}

/** Runs a command to its end. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return start(program, args, options).ended;
}
