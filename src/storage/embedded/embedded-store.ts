import { throwIfAborted } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Listing, ListOptions, Revision, Store, StoredValue, StoreEvent, WriteOptions } from "../interface.js";
import { Compactor } from "./compactor.js";
import type { DirectoryLock } from "./directory-lock.js";
import { GroupCommit } from "./group-commit.js";
import { listValues } from "./list-values.js";
import type { Write } from "./plan-write.js";
import type { Timeline } from "./timeline.js";
import type { VersionTables } from "./version-tables.js";
import { watchChanges } from "./watch-changes.js";

/** How often watches report progress unasked, so that their readers can tell quiet from stuck. */
const progressPeriodMs = 5_000;

interface EmbeddedStoreParts {
  readonly clusterUid: string;
  readonly tables: VersionTables;
  readonly timeline: Timeline;
  readonly lock: DirectoryLock;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The store in this process's own files. All reads are reads as of a revision, the last one flushed unless asked
 * otherwise; that is how nothing is seen before it is on disk.
 */
export class EmbeddedStore implements Store {
  readonly clusterUid: string;
  readonly #commits: GroupCommit;
  readonly #compactor: Compactor;
  #cancelProgress: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly parts: EmbeddedStoreParts) {
    this.clusterUid = parts.clusterUid;
    this.#commits = new GroupCommit(parts.tables, parts.timeline);
    this.#compactor = new Compactor(parts.tables, parts.timeline);
    this.#progressLater();
    this.#compactor.resume().catch((error: unknown) => parts.log.error("compaction could not be resumed", { error }));
  }

  async get(key: string, signal?: AbortSignal): Promise<{ readonly value: StoredValue | undefined; readonly revision: Revision }> {
    this.#check(signal);
    const { tables, timeline } = this.parts;
    const head = tables.head(key, timeline.revision);
    const version = head === undefined || head.deleted ? undefined : tables.version({ key, revision: head.revision });
    const value = version === undefined ? undefined : { key, value: version.value, revision: version.revision };
    return { value, revision: timeline.revision };
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    this.#check(options.signal);
    return listValues(this.parts, prefix, options);
  }

  async create(key: string, value: Uint8Array, options: WriteOptions = {}): Promise<Revision> {
    return this.#write({ kind: "create", key, value, ifRevision: 0 }, options);
  }

  async update(key: string, value: Uint8Array, ifRevision: Revision, options: WriteOptions = {}): Promise<Revision> {
    return this.#write({ kind: "update", key, value, ifRevision }, options);
  }

  async delete(key: string, ifRevision: Revision, options: WriteOptions = {}): Promise<Revision> {
    return this.#write({ kind: "delete", key, value: new Uint8Array(), ifRevision }, options);
  }

  watch(prefix: string, afterRevision: Revision, signal: AbortSignal): AsyncIterable<readonly StoreEvent[]> {
    return watchChanges(this.parts, prefix, afterRevision, signal);
  }

  async requestProgress(): Promise<void> {
    this.parts.timeline.askProgress();
  }

  async currentRevision(signal?: AbortSignal): Promise<Revision> {
    this.#check(signal);
    return this.parts.timeline.revision;
  }

  async compactedRevision(): Promise<Revision> {
    return this.parts.timeline.compacted;
  }

  async compact(revision: Revision): Promise<void> {
    this.#check();
    await this.#compactor.compact(revision);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelProgress();
    this.parts.timeline.close();
    await this.#commits.idle();
    await this.#compactor.idle();
    await this.parts.tables.close();
    await this.parts.lock.release();
  }

  async #write(write: Omit<Write, "guards" | "also">, { guards = [], also = [] }: WriteOptions): Promise<Revision> {
    this.#check();
    return this.#commits.submit({ ...write, guards, also });
  }

  #check(signal?: AbortSignal): void {
    if (signal !== undefined) throwIfAborted(signal);
    this.parts.timeline.throwIfClosed();
  }

  #progressLater(): void {
    this.#cancelProgress = this.parts.clock.after(progressPeriodMs, () => {
      this.parts.timeline.askProgress();
      this.#progressLater();
    });
  }
}
