import type { Duplex } from "node:stream";
import { abortError } from "../../../base/abort.js";
import type { OutputPiece, StreamedProcess, TerminalSize } from "../container-streams.js";
import { engineError } from "./engine.js";
import { splitStreams } from "./log-stream.js";

export interface HijackedOptions {
  readonly tty: boolean;
  readonly resize: (size: TerminalSize) => Promise<void>;
  readonly exitCode: () => Promise<number | undefined>;
  readonly kill?: () => Promise<void>;
}

/** A process whose streams Docker carries over a connection that it has handed over for that. */
export class HijackedProcess implements StreamedProcess {
  readonly output: AsyncIterable<OutputPiece>;
  readonly resize: (size: TerminalSize) => Promise<void>;
  readonly exitCode: () => Promise<number | undefined>;
  readonly kill?: () => Promise<void>;

  constructor(
    private readonly connection: Duplex,
    { tty, resize, exitCode, kill }: HijackedOptions,
    signal: AbortSignal,
  ) {
    this.resize = resize;
    this.exitCode = exitCode;
    if (kill !== undefined) this.kill = kill;
    this.output = this.read(tty, signal);
    const stop = (): void => {
      connection.destroy();
    };
    signal.addEventListener("abort", stop, { once: true });
    connection.once("close", () => signal.removeEventListener("abort", stop));
    // What breaks is told by reading; a write to what has ended is not an error.
    connection.on("error", (_toldByReading: unknown) => undefined);
    if (signal.aborted) stop();
  }

  write(data: Buffer): Promise<void> {
    const { connection } = this;
    if (!connection.writable || connection.write(data)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        connection.off("drain", done);
        connection.off("close", done);
        resolve();
      };
      connection.on("drain", done);
      connection.on("close", done);
    });
  }

  endInput(): void {
    if (this.connection.writable) this.connection.end();
  }

  private async *read(tty: boolean, signal: AbortSignal): AsyncGenerator<OutputPiece> {
    try {
      yield* splitStreams(this.connection as AsyncIterable<Buffer>, tty);
    } catch (error: unknown) {
      throw signal.aborted ? abortError(signal) : engineError(error);
    } finally {
      this.connection.destroy();
    }
    if (signal.aborted) throw abortError(signal);
  }
}
