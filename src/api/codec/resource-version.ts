import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

const metadataField = 1;
const resourceVersionField = 6;

/**
 * Puts a revision into an encoded object as metadata.resourceVersion, in place of any that is there, without decoding
 * the rest. (Appending a second `metadata` would be legal protobuf, but ts-proto replaces where others merge.)
 */
export function spliceResourceVersion(bytes: Uint8Array, revision: number): Buffer {
  return replace(bytes, encodeField(resourceVersionField, Buffer.from(String(revision))));
}

/** Takes metadata.resourceVersion out of an encoded object: what is stored, for the store knows it better. */
export function stripResourceVersion(bytes: Uint8Array): Buffer {
  return replace(bytes, Buffer.alloc(0));
}

interface Span {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Where the field's content begins, after tag and length. */
  readonly content: number;
}

function replace(bytes: Uint8Array, versionField: Buffer): Buffer {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const metadata = fieldsOf(whole).find(({ number }) => number === metadataField);
  if (metadata === undefined) return Buffer.concat([encodeField(metadataField, versionField), whole]);
  const content = whole.subarray(metadata.content, metadata.end);
  const changed = encodeField(metadataField, replaceInMetadata(content, versionField));
  return Buffer.concat([whole.subarray(0, metadata.start), changed, whole.subarray(metadata.end)]);
}

function replaceInMetadata(content: Buffer, versionField: Buffer): Buffer {
  const before: Buffer[] = [];
  const after: Buffer[] = [];
  // Fields are kept in number order, so that equal objects stay equal bytes.
  for (const { number, start, end } of fieldsOf(content)) {
    if (number < resourceVersionField) before.push(content.subarray(start, end));
    if (number > resourceVersionField) after.push(content.subarray(start, end));
  }
  return Buffer.concat([...before, versionField, ...after]);
}

function fieldsOf(bytes: Buffer): Span[] {
  const reader = new BinaryReader(bytes);
  const spans: Span[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    const tagEnd = reader.pos;
    reader.skip(wireType);
    const content = wireType === WireType.LengthDelimited ? reader.pos - lengthAt(bytes, tagEnd) : tagEnd;
    spans.push({ number, start, end: reader.pos, content });
  }
  return spans;
}

function lengthAt(bytes: Buffer, position: number): number {
  const reader = new BinaryReader(bytes.subarray(position));
  return reader.uint32();
}

function encodeField(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | WireType.LengthDelimited]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
