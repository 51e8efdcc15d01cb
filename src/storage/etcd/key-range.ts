/** A range of keys as etcd takes it. */
export interface KeyRange {
  readonly key: Buffer;
  readonly range_end: Buffer;
}

/** The keys under `prefix`, or those of them after the key `after`. */
export function keyRange(prefix: string, after?: string): KeyRange {
  const start = Buffer.from(prefix);
  const resume = after === undefined ? start : Buffer.concat([Buffer.from(after), Buffer.alloc(1)]);
  return { key: atLeastOneByte(Buffer.compare(resume, start) > 0 ? resume : start), range_end: prefixEnd(start) };
}

function prefixEnd(prefix: Buffer): Buffer {
  const last = prefix.at(-1);
  // UTF-8 has no byte 0xff, so that incrementing never carries. To etcd a single zero byte means "to the last key".
  return last === undefined ? Buffer.alloc(1) : Buffer.concat([prefix.subarray(0, -1), Buffer.of(last + 1)]);
}

/** etcd knows no empty key. */
function atLeastOneByte(key: Buffer): Buffer {
  return key.length === 0 ? Buffer.alloc(1) : key;
}
