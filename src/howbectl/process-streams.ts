import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { Input, Output } from "./cli-env.js";

/** An output that writes to a stream of the process. */
export function streamOutput(stream: NodeJS.WriteStream): Output {
  return {
    isTerminal: stream.isTTY === true,
    line: (text) => void stream.write(`${text}\n`),
    bytes: async (data) => {
      if (!stream.write(data)) await once(stream, "drain");
    },
  };
}

/** An input that reads a stream of the process; questions go to `terminal`, so that standard output stays clean. */
export function streamInput(stream: NodeJS.ReadStream, terminal: NodeJS.WriteStream, signal: AbortSignal): Input {
  return {
    isTerminal: stream.isTTY === true,
    readAll: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks).toString("utf8");
    },
    ask: async (question) => {
      const terminalInterface = createInterface({ input: stream, output: terminal });
      try {
        return (await terminalInterface.question(question, { signal })).trim();
      } finally {
        terminalInterface.close();
      }
    },
    chunks: (untilSignal) => chunksOf(stream, untilSignal),
  };
}

/** What comes on a stream. The stream is destroyed at the end: a read that nobody waits for would keep the process alive. */
async function* chunksOf(stream: NodeJS.ReadStream, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = (): void => void stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) return;
    for await (const chunk of stream) yield Buffer.from(chunk as Uint8Array);
  } catch (error: unknown) {
    // The destroyed stream says that it broke off.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
