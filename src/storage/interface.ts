/**
 * What a store of revisions must do: bytes under keys, one revision per change, and a watch that misses nothing.
 * It knows nothing of kinds. Every implementation passes `test/conformance/storage`.
 */

/**
 * A store-wide number that grows with every commit. Never repeats, also through restarts. One commit may hold several
 * writes, of different keys: they share its revision, and whoever knows some of them without the others must not take
 * the revision for known.
 */
export type Revision = number;

/** A key's value as of one revision. */
export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
  /** Revision of the change that wrote it. */
  readonly revision: Revision;
}

/** A further condition of a write: `key` must have been written last at `revision` (0: must be absent). */
export interface Guard {
  readonly key: string;
  readonly revision: Revision;
}

export interface WriteOptions {
  /** Compared in the write's own transaction. @throws GuardError when one fails */
  readonly guards?: readonly Guard[];
  /** Further keys written in the same transaction; seen by watches of their own prefixes at the same revision. */
  readonly also?: readonly { readonly key: string; readonly value: Uint8Array }[];
}

export interface ListOptions {
  /** At most so many values; 0 or absent for all. */
  readonly limit?: number;
  /** Only keys after this one. */
  readonly after?: string;
  /**
   * The state as of this revision; absent for the present.
   * @throws CompactedError when it is no longer kept
   * @throws FutureRevisionError when the store has not come that far
   */
  readonly atRevision?: Revision;
  readonly signal?: AbortSignal;
}

export interface Listing {
  /** In key order (bytewise). */
  readonly values: readonly StoredValue[];
  /** The revision that the values show: `atRevision`, or the store's at the time of the read. */
  readonly revision: Revision;
  /** Values after these. */
  readonly remaining: number;
}

/** One change, or news that there was none. */
export type StoreEvent =
  | {
      readonly type: "put";
      readonly key: string;
      readonly value: Uint8Array;
      readonly revision: Revision;
      /** What the key held before; absent when it is new, or when its past has been compacted away. */
      readonly previous?: StoredValue;
    }
  | {
      readonly type: "delete";
      readonly key: string;
      /** The deletion's own revision. */
      readonly revision: Revision;
      readonly previous?: StoredValue;
    }
  /** Every change up to this revision has been delivered. */
  | { readonly type: "progress"; readonly revision: Revision };

/**
 * Writes are atomic and durable when acknowledged, and only then visible to readers and watchers. Reads are
 * linearizable: they show every write acknowledged before they began. Guards are compared before the key itself.
 *
 * Every call may throw StoreUnavailableError, after which a write may or may not have happened. Values handed in and
 * out are shared with watchers: never written to.
 */
export interface Store {
  /** Identity given to the store at birth; a different one means a different history. */
  readonly clusterUid: string;

  get(key: string, signal?: AbortSignal): Promise<{ readonly value: StoredValue | undefined; readonly revision: Revision }>;
  list(prefix: string, options?: ListOptions): Promise<Listing>;

  /** @returns the new revision. @throws KeyExistsError */
  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<Revision>;
  /** Replaces the value if it is still the one of `ifRevision`. @returns the new revision. @throws RevisionMismatchError */
  update(key: string, value: Uint8Array, ifRevision: Revision, options?: WriteOptions): Promise<Revision>;
  /** Removes the key if it is still of `ifRevision`. @returns the deletion's revision. @throws RevisionMismatchError */
  delete(key: string, ifRevision: Revision, options?: WriteOptions): Promise<Revision>;

  /**
   * Every change under `prefix` after `afterRevision`, in order, each once, for as long as `signal` allows; broken
   * connections are resumed inside. Events come in batches, never empty, and those of one revision in one batch. A consumer that does not keep up holds the store back, not memory. Progress comes
   * when asked for, and every few seconds by itself.
   *
   * Ends only by throwing: an abort error once `signal` fires, StoreUnavailableError once the store is closed.
   * @throws CompactedError when changes after `afterRevision` are no longer kept, at the start or after a break
   */
  watch(prefix: string, afterRevision: Revision, signal: AbortSignal): AsyncIterable<readonly StoreEvent[]>;
  /** Asks every open watch for a progress event as soon as it has delivered what there is. */
  requestProgress(): Promise<void>;

  /** The revision of the last acknowledged change, or a later one. */
  currentRevision(signal?: AbortSignal): Promise<Revision>;
  /** The revision before which history is gone. */
  compactedRevision(): Promise<Revision>;
  /** Drops values superseded at `revision` or before; reads and watches from `revision` on still work. Idempotent. */
  compact(revision: Revision): Promise<void>;

  /** Ends watches and connections; the data stays. */
  close(): Promise<void>;
}
