import { RuntimeError } from "../errors.js";
import { linesOf } from "./lines.js";
import type { ProgressLine } from "./pull-meter.js";

/**
 * Reads the JSON lines in which the engine tells how a pull or an import goes, to their end: it reports success before
 * it begins, and failure only here.
 * @throws RuntimeError Failed, with the engine's words
 */
export async function readProgress(output: NodeJS.ReadableStream, onLine: (line: ProgressLine) => void = () => undefined): Promise<void> {
  for await (const line of linesOf(output)) {
    const progress = parseLine(line);
    if (progress.error !== undefined) throw new RuntimeError("Failed", progress.error);
    onLine(progress);
  }
}

function parseLine(line: string): ProgressLine {
  if (line.trim() === "") return {};
  const value: unknown = JSON.parse(line);
  return typeof value === "object" && value !== null ? value : {};
}
