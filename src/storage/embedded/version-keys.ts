import { InvariantError, invariant } from "../../base/invariant.js";

/** LMDB takes keys of up to 1,978 bytes; what is left over is for the revision, and for later. */
const maxKeyBytes = 1024;
const revisionBytes = 8;

/** Where one version of a key stands in the index, and how it is found in the log. */
export interface VersionPosition {
  readonly key: string;
  readonly revision: number;
}

/** Key of the log, which is ordered by revision: `<revision><key>`. */
export function logKey({ key, revision }: VersionPosition): Buffer {
  return Buffer.concat([encodeRevision(revision), encodeKey(key)]);
}

/** Reads what `logKey` wrote. */
export function parseLogKey(bytes: Buffer): VersionPosition {
  return { revision: decodeRevision(bytes, 0), key: bytes.toString("utf8", revisionBytes) };
}

/**
 * Key of the index, which is ordered by key and then by revision: `<key>\0<revision>`. Since no key holds a NUL, the
 * order of different keys is that of their bytes.
 */
export function indexKey({ key, revision }: VersionPosition): Buffer {
  return Buffer.concat([encodeKey(key), Buffer.alloc(1), encodeRevision(revision)]);
}

/** Reads what `indexKey` wrote. */
export function parseIndexKey(bytes: Buffer): VersionPosition {
  const keyEnd = bytes.length - revisionBytes - 1;
  return { key: bytes.toString("utf8", 0, keyEnd), revision: decodeRevision(bytes, keyEnd + 1) };
}

/** The index's range that holds every version of the keys under `prefix`, or of those after the key `after`. */
export function indexRange(prefix: string, after?: string): { readonly start: Buffer; readonly end: Buffer } {
  const low = Buffer.from(prefix);
  const resume = after === undefined ? low : Buffer.concat([encodeKey(after), Buffer.of(1)]);
  return { start: Buffer.compare(resume, low) > 0 ? resume : low, end: prefixEnd(low) };
}

/** The smallest byte string above all that begin with `prefix`. */
function prefixEnd(prefix: Buffer): Buffer {
  const last = prefix.at(-1);
  // UTF-8 has no byte 0xff, so that incrementing never carries, and 0xff is above every key.
  if (last === undefined) return Buffer.of(0xff);
  return Buffer.concat([prefix.subarray(0, -1), Buffer.of(last + 1)]);
}

function encodeKey(key: string): Buffer {
  const bytes = Buffer.from(key);
  invariant(bytes.length <= maxKeyBytes, `a key has ${bytes.length} bytes, more than ${maxKeyBytes}`);
  if (bytes.includes(0)) throw new InvariantError("a key holds a NUL");
  return bytes;
}

/** A revision as eight bytes, the most significant first, so that byte order is numeric order. */
export function encodeRevision(revision: number): Buffer {
  const bytes = Buffer.alloc(revisionBytes);
  bytes.writeBigUInt64BE(BigInt(revision));
  return bytes;
}

/** Reads what `encodeRevision` wrote. */
export function decodeRevision(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4);
}
