import type { OutputPiece } from "../container-streams.js";

const headerBytes = 8;

/** How a frame's header names stderr. */
const stderrFrame = 2;

/**
 * Takes the frames off a container's output: Docker precedes each piece with 8 bytes, of which the first names the
 * stream and the last four its length. With a terminal there are none, and all of the output is stdout's.
 */
export async function* splitStreams(output: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<OutputPiece> {
  for await (const pieces of piecesOf(output, tty)) yield* joined(pieces, (before, next) => before.stream === next.stream);
}

/** As `splitStreams`, for whom it is all the same which stream a piece is of. */
export async function* unframe(output: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<Buffer> {
  for await (const pieces of piecesOf(output, tty)) for (const { data } of joined(pieces, () => true)) yield data;
}

async function* piecesOf(output: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<readonly OutputPiece[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of output) {
    if (tty) {
      yield [{ stream: "stdout", data: bytes }];
      continue;
    }
    const { frames, remaining } = takeFrames(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
    rest = remaining;
    yield frames;
  }
}

/** A log has a frame for each line: what has come together goes on together, for each piece costs a message on its way. */
function joined(pieces: readonly OutputPiece[], belong: (before: OutputPiece, next: OutputPiece) => boolean): readonly OutputPiece[] {
  const groups: OutputPiece[][] = [];
  for (const piece of pieces) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && belong(before, piece)) last.push(piece);
    else groups.push([piece]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return group.length === 1 ? [first] : [{ stream: first.stream, data: Buffer.concat(group.map(({ data }) => data)) }];
  });
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
