import type { OutputPiece } from "../container-streams.js";

const headerBytes = 8;

/** How a frame's header names stderr. */
const stderrFrame = 2;

/**
 * Takes the frames off a container's output: Docker precedes each piece with 8 bytes, of which the first names the
 * stream and the last four its length. With a terminal there are none, and all of the output is stdout's.
 */
export async function* splitStreams(output: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<OutputPiece> {
  if (tty) {
    for await (const data of output) yield { stream: "stdout", data };
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of output) {
    const { frames, remaining } = takeFrames(rest.length === 0 ? piece : Buffer.concat([rest, piece]));
    rest = remaining;
    yield* frames;
  }
}

/** As `splitStreams`, for whom it is all the same. */
export async function* unframe(output: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<Buffer> {
  for await (const { data } of splitStreams(output, tty)) yield data;
}

/** Splits off all whole frames; what is left begins at a frame's header. */
function takeFrames(bytes: Buffer): { readonly frames: readonly OutputPiece[]; readonly remaining: Buffer } {
  const frames: OutputPiece[] = [];
  let start = 0;
  while (bytes.length - start >= headerBytes) {
    const end = start + headerBytes + bytes.readUInt32BE(start + 4);
    if (end > bytes.length) break;
    const data = bytes.subarray(start + headerBytes, end);
    if (data.length > 0) frames.push({ stream: bytes[start] === stderrFrame ? "stderr" : "stdout", data });
    start = end;
  }
  return { frames, remaining: bytes.subarray(start) };
}
