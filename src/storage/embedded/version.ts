import type { Revision, StoreEvent } from "../interface.js";

/** What one change made of a key. */
export interface Version {
  readonly key: string;
  readonly revision: Revision;
  /** Revision of the value that this one superseded; 0 when the key was absent. */
  readonly previousRevision: Revision;
  readonly deleted: boolean;
  /** Empty when deleted. */
  readonly value: Uint8Array;
}

/** What is needed of a key's newest version to decide about the next. */
export interface Head {
  readonly revision: Revision;
  readonly deleted: boolean;
}

/** A change as watchers see it. */
export type ChangeEvent = Exclude<StoreEvent, { type: "progress" }>;

const headerBytes = 9;

/** The log's value for a version: a flag byte, the previous revision, the value. */
export function encodeVersion({ deleted, previousRevision, value }: Version): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + value.length);
  bytes.writeUInt8(deleted ? 1 : 0, 0);
  bytes.writeBigUInt64BE(BigInt(previousRevision), 1);
  bytes.set(value, headerBytes);
  return bytes;
}

/** Reads what `encodeVersion` wrote; key and revision come from the log's key. */
export function decodeVersion(position: { readonly key: string; readonly revision: Revision }, bytes: Buffer): Version {
  return {
    key: position.key,
    revision: position.revision,
    deleted: bytes.readUInt8(0) === 1,
    previousRevision: Number(bytes.readBigUInt64BE(1)),
    value: bytes.subarray(headerBytes),
  };
}

/** The event for a version; `previous` is the version it superseded, as far as it is still known. */
export function changeEvent(version: Version, previous: Version | undefined): ChangeEvent {
  const { key, revision, value } = version;
  const before = previous === undefined ? {} : { previous: { key, value: previous.value, revision: previous.revision } };
  return version.deleted ? { type: "delete", key, revision, ...before } : { type: "put", key, value, revision, ...before };
}
