const headerBytes = 8;

/**
 * Takes the frames off a container's output: Docker precedes each piece with 8 bytes, of which the first names the
 * stream and the last four its length. With a terminal there are none, and the output passes through as it is.
 */
export async function* unframe(output: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<Buffer> {
  if (tty) {
    yield* output;
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of output) {
    const { payload, remaining } = takeFrames(rest.length === 0 ? piece : Buffer.concat([rest, piece]));
    rest = remaining;
    if (payload.length > 0) yield payload;
  }
}

/** Splits off all whole frames; what is left begins at a frame's header. */
function takeFrames(bytes: Buffer): { readonly payload: Buffer; readonly remaining: Buffer } {
  const payloads: Buffer[] = [];
  let start = 0;
  while (bytes.length - start >= headerBytes) {
    const end = start + headerBytes + bytes.readUInt32BE(start + 4);
    if (end > bytes.length) break;
    payloads.push(bytes.subarray(start + headerBytes, end));
    start = end;
  }
  return {
    payload: payloads.length === 1 && payloads[0] !== undefined ? payloads[0] : Buffer.concat(payloads),
    remaining: bytes.subarray(start),
  };
}
