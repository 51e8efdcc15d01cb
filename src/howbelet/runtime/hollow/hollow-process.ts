import { deferred } from "../../../base/abort.js";
import type { OutputPiece, StreamedProcess, TerminalSize } from "../container-streams.js";

/** What a program in a hollow container does: it reads its input to the end, writes, and ends. */
export interface HollowProgram {
  readonly output?: string;
  readonly errorOutput?: string;
  readonly exitCode: number;
}

/** A program that is run in a hollow container: decided once its whole input is known. */
export class HollowProcess implements StreamedProcess {
  readonly output: AsyncIterable<OutputPiece>;
  private readonly input: Buffer[] = [];
  private readonly ended = deferred();
  private code: number | undefined;

  constructor(run: (input: string) => HollowProgram, options: { readonly stdin: boolean; readonly signal: AbortSignal }) {
    if (!options.stdin) this.ended.resolve();
    options.signal.addEventListener("abort", () => this.ended.resolve(), { once: true });
    this.output = this.read(run, options.signal);
  }

  async write(data: Buffer): Promise<void> {
    this.input.push(data);
  }

  endInput(): void {
    this.ended.resolve();
  }

  async resize(_size: TerminalSize): Promise<void> {
    // There is no terminal to be resized.
  }

  async exitCode(): Promise<number | undefined> {
    return this.code;
  }

  private async *read(run: (input: string) => HollowProgram, signal: AbortSignal): AsyncGenerator<OutputPiece> {
    await this.ended.promise;
    signal.throwIfAborted();
    const { output = "", errorOutput = "", exitCode } = run(Buffer.concat(this.input).toString());
    if (output !== "") yield { stream: "stdout", data: Buffer.from(output) };
    if (errorOutput !== "") yield { stream: "stderr", data: Buffer.from(errorOutput) };
    this.code = exitCode;
  }
}
