import { readVarint, type Varint, varintLength, writeVarint } from "./varint.js";

const metadataField = 1;
const resourceVersionField = 6;
const lengthDelimited = 2;
const metadataTag = (metadataField << 3) | lengthDelimited;
const resourceVersionTag = (resourceVersionField << 3) | lengthDelimited;

/**
 * Puts a revision into an encoded object as metadata.resourceVersion, in place of any that is there, without decoding
 * the rest. (Appending a second `metadata` would be legal protobuf, but ts-proto replaces where others merge.) Every
 * object read from the store passes here: it is one walk over a few tags, and one copy.
 *
 * @param bytes fields in order of their numbers, as the codec writes them
 */
export function spliceResourceVersion(bytes: Uint8Array, revision: number): Buffer {
  return replaceVersion(bytes, String(revision), noPrefix);
}

/** As `spliceResourceVersion`, behind a prefix, which `prefixOf` makes knowing the object's length: a message around it is made in one copy. */
export function spliceBehind(prefixOf: (length: number) => Uint8Array, bytes: Uint8Array, revision: number): Buffer {
  return replaceVersion(bytes, String(revision), prefixOf);
}

/** Takes metadata.resourceVersion out of an encoded object: what is stored, for the store knows it better. */
export function stripResourceVersion(bytes: Uint8Array): Buffer {
  return replaceVersion(bytes, "", noPrefix);
}

const empty = new Uint8Array(0);
const noPrefix = (): Uint8Array => empty;

/** One field: where it starts, where its content does (after tag and length), and where it ends. */
interface Span {
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

function replaceVersion(bytes: Uint8Array, version: string, prefixOf: (length: number) => Uint8Array): Buffer {
  const metadata = findField(bytes, { from: 0, to: bytes.length, field: metadataField });
  const old = findField(bytes, { from: metadata.content, to: metadata.end, field: resourceVersionField });
  // Digits are single bytes, and few enough for a length of one byte.
  const versionLength = version === "" ? 0 : 2 + version.length;
  const contentLength = metadata.end - metadata.content - (old.end - old.start) + versionLength;
  const length = metadata.start + 1 + varintLength(contentLength) + contentLength + bytes.length - metadata.end;
  const prefix = prefixOf(length);
  const out = Buffer.allocUnsafe(prefix.length + length);
  out.set(prefix);
  let at = copy(bytes, 0, metadata.start, { out, at: prefix.length });
  out[at] = metadataTag;
  at = writeVarint(out, at + 1, contentLength);
  at = copy(bytes, metadata.content, old.start, { out, at });
  if (version !== "") {
    out[at] = resourceVersionTag;
    out[at + 1] = version.length;
    at += 2 + out.write(version, at + 2, "latin1");
  }
  at = copy(bytes, old.end, metadata.end, { out, at });
  copy(bytes, metadata.end, bytes.length, { out, at });
  return out;
}

/** Finds a field, or the empty place where it belongs. @throws RangeError when the bytes are no protobuf */
function findField(bytes: Uint8Array, { from, to, field }: { readonly from: number; readonly to: number; readonly field: number }): Span {
  let start = from;
  while (start < to) {
    const tag = readVarint(bytes, start, to);
    const number = tag.value >>> 3;
    if (number > field) break;
    const span = fieldAt(bytes, start, tag, to);
    if (number === field) return span;
    start = span.end;
  }
  return { start, content: start, end: start };
}

function fieldAt(bytes: Uint8Array, start: number, { value, end }: Varint, to: number): Span {
  switch (value & 7) {
    case 0: {
      const number = readVarint(bytes, end, to);
      return { start, content: end, end: number.end };
    }
    case 1:
      return { start, content: end, end: within(end + 8, to) };
    case lengthDelimited: {
      const length = readVarint(bytes, end, to);
      return { start, content: length.end, end: within(length.end + length.value, to) };
    }
    case 5:
      return { start, content: end, end: within(end + 4, to) };
    default:
      throw new RangeError(`no protobuf: wire type ${value & 7}`);
  }
}

function within(end: number, to: number): number {
  if (end > to) throw new RangeError("no protobuf: it ends within a field");
  return end;
}

/** @returns the index after what was copied */
function copy(bytes: Uint8Array, from: number, to: number, { out, at }: { readonly out: Buffer; readonly at: number }): number {
  if (from < to) out.set(bytes.subarray(from, to), at);
  return at + to - from;
}
