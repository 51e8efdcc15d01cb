import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { FutureRevisionError, isCompacted, StoreUnavailableError } from "../errors.js";
import type { Listing, ListOptions, Revision, Store, StoredValue, StoreEvent, WriteOptions } from "../interface.js";
import { clusterUidKey } from "./cluster-uid.js";
import { CommitQueue } from "./commit-queue.js";
import type { EtcdCalls } from "./etcd-calls.js";
import { classifyFailure } from "./etcd-errors.js";
import { EtcdWatch } from "./etcd-watch.js";
import { listPages, storedValue } from "./list-pages.js";
import type { WatchConnections } from "./watch-stream.js";
import type { EtcdWrite } from "./write-transaction.js";

interface EtcdStoreParts {
  readonly clusterUid: string;
  readonly calls: EtcdCalls;
  readonly connections: WatchConnections;
  readonly clock: Clock;
  readonly log: Log;
}

/** The store in an etcd cluster. */
export class EtcdStore implements Store {
  readonly clusterUid: string;
  readonly #commits: CommitQueue;
  readonly #watches = new Set<EtcdWatch>();
  #closed = false;

  constructor(private readonly parts: EtcdStoreParts) {
    this.clusterUid = parts.clusterUid;
    this.#commits = new CommitQueue(parts);
  }

  async get(key: string, signal?: AbortSignal): Promise<{ readonly value: StoredValue | undefined; readonly revision: Revision }> {
    const { kvs, header } = await this.parts.calls.range({ key: Buffer.from(key) }, signal);
    return { value: kvs[0] === undefined ? undefined : storedValue(kvs[0]), revision: Number(header.revision) };
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listing> {
    return listPages({ calls: this.parts.calls, compactedRevision: () => this.compactedRevision() }, prefix, options);
  }

  async create(key: string, value: Uint8Array, options: WriteOptions = {}): Promise<Revision> {
    return this.#write({ kind: "create", key, value, ifRevision: 0, options });
  }

  async update(key: string, value: Uint8Array, ifRevision: Revision, options: WriteOptions = {}): Promise<Revision> {
    return this.#write({ kind: "update", key, value, ifRevision, options });
  }

  async delete(key: string, ifRevision: Revision, options: WriteOptions = {}): Promise<Revision> {
    return this.#write({ kind: "delete", key, value: new Uint8Array(), ifRevision, options });
  }

  async *watch(prefix: string, afterRevision: Revision, signal: AbortSignal): AsyncGenerator<readonly StoreEvent[], never> {
    if (this.#closed) throw new StoreUnavailableError("the store is closed");
    const watch = new EtcdWatch(this.parts, prefix, afterRevision);
    this.#watches.add(watch);
    try {
      return yield* watch.events(signal);
    } finally {
      this.#watches.delete(watch);
    }
  }

  async requestProgress(): Promise<void> {
    for (const watch of this.#watches) watch.requestProgress(this.parts.calls.latestRevision);
  }

  async currentRevision(signal?: AbortSignal): Promise<Revision> {
    const { header } = await this.parts.calls.range({ key: Buffer.from(clusterUidKey), keys_only: true }, signal);
    return Number(header.revision);
  }

  /** etcd tells its compaction point only to a watch that starts before it. */
  async compactedRevision(): Promise<Revision> {
    if (!(await this.#isCompacted())) return 0;
    const stop = new AbortController();
    const watch = this.watch(clusterUidKey, 0, stop.signal);
    try {
      for await (const _untilItEnds of watch);
      return 0;
    } catch (error: unknown) {
      if (isCompacted(error)) return error.compactedRevision;
      throw error;
    } finally {
      stop.abort();
    }
  }

  async compact(revision: Revision): Promise<void> {
    try {
      await this.parts.calls.compact(revision);
    } catch (error: unknown) {
      const failure = classifyFailure(error);
      if (failure === "future") throw new FutureRevisionError(revision, this.parts.calls.latestRevision);
      // Someone has compacted as far already.
      if (failure !== "compacted") throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const watch of this.#watches) watch.close();
    this.parts.connections.close();
    this.parts.calls.close();
  }

  /** Cheap, where the watch that tells how far might read all of history. */
  async #isCompacted(): Promise<boolean> {
    try {
      await this.parts.calls.range({ key: Buffer.from(clusterUidKey), revision: 1, count_only: true });
      return false;
    } catch (error: unknown) {
      if (classifyFailure(error) === "compacted") return true;
      throw error;
    }
  }

  async #write(write: EtcdWrite): Promise<Revision> {
    return this.#commits.submit(write);
  }
}
