import { internalError } from "../../api/errors.js";
import { deferred } from "../../base/abort.js";
import type { SessionInput, SessionOutput, TerminalSize } from "../../gen/howbernetes/api/v1/sessions.js";
import type { StreamedProcess } from "../runtime/container-streams.js";
import { RuntimeError } from "../runtime/errors.js";
import type { SessionWork } from "./session.js";

/** What is wanted of a process, and how to come by it. */
export interface WantedProcess {
  /** Starts it, or attaches to it. @throws RuntimeError, ApiError */
  readonly start: (signal: AbortSignal) => Promise<StreamedProcess>;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Undefined without a terminal. */
  readonly terminalSize: TerminalSize | undefined;
  /** Translates what went wrong for the caller. */
  readonly explain: (error: RuntimeError) => Error;
}

/** Carries a process both ways: its output and then its exit to the caller, the caller's input to it. */
export class ProcessWork implements SessionWork {
  private readonly started = deferred<StreamedProcess>();

  constructor(private readonly wanted: WantedProcess) {}

  async *output(signal: AbortSignal): AsyncGenerator<SessionOutput> {
    const { wanted } = this;
    try {
      const process = await wanted.start(signal);
      if (wanted.terminalSize !== undefined) await resize(process, wanted.terminalSize);
      this.started.resolve(process);
      yield { message: { $case: "opened", value: {} } };
      for await (const { stream, data } of process.output) {
        if (!wanted[stream]) continue;
        yield { message: { $case: stream === "stdout" ? "data" : "stderr", value: data } };
      }
      yield { message: { $case: "exit", value: { code: await process.exitCode() } } };
    } catch (error: unknown) {
      this.started.reject(error);
      if (signal.aborted || !(error instanceof RuntimeError)) throw error;
      throw wanted.explain(error);
    }
  }

  async take({ message }: SessionInput): Promise<void> {
    // Where it could not be started, the output says so.
    const process = await this.started.promise.catch((_toldByOutput: unknown) => undefined);
    if (process === undefined) return;
    switch (message?.$case) {
      case "data":
        if (this.wanted.stdin) await process.write(message.value);
        break;
      case "end":
        if (this.wanted.stdin) process.endInput();
        break;
      case "resize":
        await resize(process, message.value);
        break;
    }
  }
}

/** What a program's failure to start is told as, in Kubernetes' words. */
export function execFailed(error: RuntimeError): Error {
  return internalError(`error executing command in container: ${error.message}`, error);
}

/** As `execFailed`, of attaching. */
export function attachFailed(error: RuntimeError): Error {
  return internalError(`error attaching to container: ${error.message}`, error);
}

/** A size that the runtime refuses, as after the program's end, is not worth its session. */
async function resize(process: StreamedProcess, { width: columns, height: rows }: TerminalSize): Promise<void> {
  if (columns < 1 || rows < 1) return;
  await process.resize({ columns, rows }).catch((_stays: unknown) => undefined);
}
