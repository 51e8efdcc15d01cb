import { type Database, open, type RootDatabase } from "lmdb";
import type { Revision } from "../interface.js";
import { decodeVersion, encodeVersion, type Head, type Version } from "./version.js";
import {
  decodeRevision,
  encodeRevision,
  indexKey,
  indexRange,
  logKey,
  parseIndexKey,
  parseLogKey,
  type VersionPosition,
} from "./version-keys.js";

type Table = Database<Buffer, Buffer>;

/** A version as the index knows it. */
export interface IndexEntry extends VersionPosition {
  readonly deleted: boolean;
  /** Where the index goes on after this entry. */
  readonly position: Buffer;
}

/** Facts about the store as a whole. */
export type StoreFact = "birth" | "compacted" | "swept";

const alive = Buffer.of(0);
const deleted = Buffer.of(1);

/** Bounds what one read of the log holds in memory, next to the number of versions. */
const maxReadBytes = 4 * 1024 * 1024;

/**
 * The three LMDB tables: the log (`revision, key → version`), the index (`key, revision → deleted or not`) and facts.
 * Reads are synchronous and see what the last commit left; writes go through batches, each one LMDB transaction.
 *
 * lmdb-js is opened without overlapping sync: a batch's promise then resolves after LMDB's own order of data, fsync,
 * meta page. With it, commits would be visible, and their promises resolved, before they are on disk. Its
 * `transaction()` is not used: no callback of ours runs while LMDB's write lock is held. Nor is its batching by turn of
 * the event loop, which leaves a rejected promise that nobody can handle when a commit fails.
 */
export class VersionTables {
  private constructor(
    private readonly root: RootDatabase<Buffer, Buffer>,
    private readonly log: Table,
    private readonly index: Table,
    private readonly facts: Table,
  ) {}

  /** Opens the tables in `directory`; with `sync` false nothing is flushed, which is for tests only. */
  static open(directory: string, sync: boolean): VersionTables {
    const encodings = { encoding: "binary", keyEncoding: "binary" } as const;
    const root = open<Buffer, Buffer>({
      path: directory,
      noSubdir: false,
      maxDbs: 4,
      overlappingSync: false,
      eventTurnBatching: false,
      noSync: !sync,
      ...encodings,
    });
    const table = (name: string): Table => root.openDB<Buffer, Buffer>({ name, ...encodings });
    return new VersionTables(root, table("log"), table("index"), table("facts"));
  }

  /** A fact's value, or undefined before it has ever been set. */
  fact(name: StoreFact): Buffer | undefined {
    return this.facts.get(Buffer.from(name));
  }

  /** A fact that is a revision, 0 before it has been set. */
  revisionFact(name: StoreFact): Revision {
    const bytes = this.fact(name);
    return bytes === undefined ? 0 : decodeRevision(bytes, 0);
  }

  /** Sets a fact, durably when the promise resolves. */
  async setFact(name: StoreFact, value: Buffer): Promise<void> {
    await this.batch(() => [this.facts.put(Buffer.from(name), value)]);
  }

  /** The newest revision in the log, or 0. */
  lastRevision(): Revision {
    for (const key of this.log.getKeys({ reverse: true, limit: 1 })) return parseLogKey(key).revision;
    return 0;
  }

  /** Adds versions in one transaction, durable when the promise resolves. */
  async append(versions: readonly Version[]): Promise<void> {
    await this.batch(() =>
      versions.flatMap((version) => [
        this.log.put(logKey(version), encodeVersion(version)),
        this.index.put(indexKey(version), version.deleted ? deleted : alive),
      ]),
    );
  }

  /** Removes versions and records that compaction has come to `swept`, in one transaction. */
  async sweep(positions: readonly VersionPosition[], swept: Revision): Promise<void> {
    await this.batch(() => [
      ...positions.flatMap((position) => [this.log.remove(logKey(position)), this.index.remove(indexKey(position))]),
      this.facts.put(Buffer.from("swept"), encodeRevision(swept)),
    ]);
  }

  /** The newest version of a key at `atRevision` or before. */
  head(key: string, atRevision: Revision): Head | undefined {
    const start = indexKey({ key, revision: atRevision });
    const end = indexKey({ key, revision: 0 });
    for (const { key: found, value } of this.index.getRange({ start, end, reverse: true, limit: 1 })) {
      return { revision: parseIndexKey(found).revision, deleted: value.equals(deleted) };
    }
    return undefined;
  }

  /** One version, unless it was never written or has been swept. */
  version(position: VersionPosition): Version | undefined {
    const bytes = this.log.get(logKey(position));
    return bytes === undefined ? undefined : decodeVersion(position, bytes);
  }

  /** Up to `count` versions of the log after `position` ("" for the start) and not above `last`, in order. */
  readLog(position: VersionPosition, last: Revision, count: number): readonly Version[] {
    const versions: Version[] = [];
    let bytes = 0;
    const range = { start: logKey(position), exclusiveStart: true, end: encodeRevision(last + 1), limit: count };
    for (const { key, value } of this.log.getRange(range)) {
      versions.push(decodeVersion(parseLogKey(key), value));
      bytes += value.length;
      if (bytes > maxReadBytes) break;
    }
    return versions;
  }

  /** Up to `count` entries of the index under `prefix`, from `position` on, or after the key `after`. */
  readIndex(
    prefix: string,
    from: { readonly after?: string | undefined; readonly position?: Buffer | undefined },
    count: number,
  ): readonly IndexEntry[] {
    const { start, end } = indexRange(prefix, from.after);
    const resumed = from.position === undefined ? { start } : { start: from.position, exclusiveStart: true };
    return [...this.index.getRange({ ...resumed, end, limit: count })].map(({ key, value }) => ({
      ...parseIndexKey(key),
      deleted: value.equals(deleted),
      position: key,
    }));
  }

  /** Waits for pending batches and closes the files. */
  async close(): Promise<void> {
    await this.root.close();
  }

  /** Carries out in one transaction what `queueWrites` queues, and rejects with LMDB's own error if it fails. */
  private async batch(queueWrites: () => readonly Promise<boolean>[]): Promise<void> {
    const pending = new Set<Promise<boolean>>();
    try {
      const committed = this.root.batch(() => {
        for (const write of queueWrites()) pending.add(write);
      });
      // Each write's own promise fails with the transaction's, and must not fail unheard.
      await Promise.all([committed, ...pending]);
    } catch (error: unknown) {
      throw await commitError(error);
    }
    // Readers of this turn may hold a snapshot from before the commit.
    this.root.resetReadTxn();
  }
}

/** lmdb-js rejects writes with a general error that carries a promise, itself rejected with the reason. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason: unknown) {
    return reason;
  }
}
