/** Bytes that a number of at most 32 bits takes on the wire. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) length += 1;
  return length;
}

/** Writes a number of at most 32 bits. @returns the index after it */
export function writeVarint(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80;
  out[at] = rest;
  return at + 1;
}

/** A number on the wire. */
export interface Varint {
  readonly value: number;
  /** The index after it. */
  readonly end: number;
}

/** Reads a number that ends before `to`. @throws RangeError when the bytes are no protobuf */
export function readVarint(bytes: Uint8Array, start: number, to: number): Varint {
  let value = 0;
  let scale = 1;
  for (let at = start; at < to; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
    scale *= 0x80;
  }
  throw new RangeError("no protobuf: it ends within a number");
}
