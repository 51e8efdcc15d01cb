import type { ContainerStreams } from "../runtime/container-streams.js";

/** The end of a container's log. */
export interface LogTail {
  /** Oldest first. */
  readonly lines: readonly string[];
  /** Why lines may be missing; "" when none are. */
  readonly note: string;
}

const tailLines = 50;
/** A longer line is cut: it is to be read by people. */
const maxLineLength = 1_024;
/** More is not read: fifty lines may be of any length. */
const maxReadBytes = 1024 * 1024;

/** The last lines that a dead container wrote. @throws RuntimeError; an abort error */
export async function readLogTail(streams: Pick<ContainerStreams, "logs">, id: string, signal: AbortSignal): Promise<LogTail> {
  const options = { follow: false, timestamps: false, tailLines, sinceSeconds: undefined, stdout: true, stderr: true };
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of streams.logs(id, options, signal)) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxReadBytes) break;
  }
  return tailOf(Buffer.concat(pieces).toString(), bytes > maxReadBytes);
}

/** The last lines of a text, each cut; `isPartial`: the text's own end is missing. Pure. */
export function tailOf(text: string, isPartial: boolean): LogTail {
  const lines = text.split(/\r?\n/);
  // What ends with a line's end does not begin another.
  if (lines.at(-1) === "") lines.pop();
  const last = lines.slice(-tailLines);
  const notes = [
    ...(isPartial ? [`the log goes on: only its first ${maxReadBytes / 1024} KiB of these lines were read`] : []),
    ...(last.some((line) => line.length > maxLineLength) ? [`lines are cut after ${maxLineLength} characters`] : []),
  ];
  return { lines: last.map((line) => line.slice(0, maxLineLength)), note: notes.join("; ") };
}
