import { createInterface } from "node:readline";
import { RuntimeError } from "../errors.js";
import { engineError } from "./engine.js";

interface ProgressLine {
  readonly error?: string;
  readonly status?: string;
}

/**
 * Reads the JSON lines in which the engine tells how a pull or an import goes, to their end: it reports success before
 * it begins, and failure only here.
 * @throws RuntimeError Failed, with the engine's words
 */
export async function readProgress(output: NodeJS.ReadableStream): Promise<void> {
  // readline swallows its input's errors; the stream's own listener is what notices them.
  let failure: unknown;
  output.on("error", (error: unknown) => {
    failure = error;
  });
  for await (const line of createInterface({ input: output })) {
    const progress = parseLine(line);
    if (progress.error !== undefined) throw new RuntimeError("Failed", progress.error);
  }
  if (failure !== undefined) throw engineError(failure);
}

function parseLine(line: string): ProgressLine {
  if (line.trim() === "") return {};
  const value: unknown = JSON.parse(line);
  return typeof value === "object" && value !== null ? value : {};
}
