import { abortError, type Deferred, deferred, throwIfAborted } from "../../src/base/abort.js";
import {
  CompactedError,
  FutureRevisionError,
  GuardError,
  KeyExistsError,
  RevisionMismatchError,
  StoreUnavailableError,
} from "../../src/storage/errors.js";
import type { Guard, Listing, ListOptions, Revision, Store, StoredValue, StoreEvent, WriteOptions } from "../../src/storage/interface.js";

interface Change {
  readonly key: string;
  readonly revision: Revision;
  readonly value: Uint8Array | undefined;
  readonly previous: StoredValue | undefined;
}

interface OpenWatch {
  asksProgress: boolean;
  failure: Error | undefined;
  wake: Deferred<void>;
}

/**
 * A store in memory, for tests: strict as the contract says, and with ways to make it misbehave as real ones do.
 * Nothing survives it.
 */
export class MemoryStore implements Store {
  readonly clusterUid = "memory";
  /** While set, every call but `watch` rejects with StoreUnavailableError. */
  isUnavailable = false;
  /** While set, requests for progress are not answered. */
  withholdsProgress = false;
  /** How often the store has been asked, by method. */
  readonly calls = { get: 0, list: 0, currentRevision: 0 };

  private present = new Map<string, StoredValue>();
  /** The state as of `compacted`, from which the changes after it are replayed. */
  private base = new Map<string, StoredValue>();
  private changes: Change[] = [];
  private revision: Revision = 1;
  private compacted: Revision = 0;
  private readonly watches = new Set<OpenWatch>();
  private isClosed = false;

  async get(key: string, signal?: AbortSignal): Promise<{ readonly value: StoredValue | undefined; readonly revision: Revision }> {
    this.enter(signal);
    this.calls.get += 1;
    return { value: this.present.get(key), revision: this.revision };
  }

  async list(prefix: string, { limit = 0, after = "", atRevision, signal }: ListOptions = {}): Promise<Listing> {
    this.enter(signal);
    this.calls.list += 1;
    const values = [...this.stateAt(atRevision).values()]
      .filter(({ key }) => key.startsWith(prefix) && inByteOrder(key, after) > 0)
      .sort((a, b) => inByteOrder(a.key, b.key));
    const page = limit > 0 ? values.slice(0, limit) : values;
    return { values: page, revision: atRevision ?? this.revision, remaining: values.length - page.length };
  }

  async create(key: string, value: Uint8Array, options: WriteOptions = {}): Promise<Revision> {
    this.enter();
    this.checkGuards(options.guards ?? []);
    if (this.present.has(key)) throw new KeyExistsError(key);
    return this.commit(key, value, options);
  }

  async update(key: string, value: Uint8Array, ifRevision: Revision, options: WriteOptions = {}): Promise<Revision> {
    this.enter();
    this.checkGuards(options.guards ?? []);
    this.checkRevision(key, ifRevision);
    return this.commit(key, value, options);
  }

  async delete(key: string, ifRevision: Revision, options: WriteOptions = {}): Promise<Revision> {
    this.enter();
    this.checkGuards(options.guards ?? []);
    this.checkRevision(key, ifRevision);
    return this.commit(key, undefined, options);
  }

  /** Writes several keys, or deletes those without a value, at one revision and whatever they are at. */
  writeTogether(writes: readonly { readonly key: string; readonly value: Uint8Array | undefined }[]): Revision {
    this.enter();
    this.revision += 1;
    for (const { key, value } of writes) this.put(key, value);
    this.wakeWatches(() => undefined);
    return this.revision;
  }

  async *watch(prefix: string, afterRevision: Revision, signal: AbortSignal): AsyncGenerator<readonly StoreEvent[]> {
    if (this.isClosed) throw new StoreUnavailableError("the store is closed");
    const watch: OpenWatch = { asksProgress: false, failure: undefined, wake: deferred() };
    const onAbort = (): void => watch.wake.resolve();
    signal.addEventListener("abort", onAbort);
    this.watches.add(watch);
    try {
      for (let cursor = afterRevision; ; ) {
        if (signal.aborted) throw abortError(signal);
        if (watch.failure !== undefined) throw watch.failure;
        if (cursor < this.compacted) throw new CompactedError(this.compacted);
        const next = this.changes.find(({ revision, key }) => revision > cursor && key.startsWith(prefix));
        if (next !== undefined) {
          cursor = next.revision;
          yield this.changes.filter(({ revision, key }) => revision === cursor && key.startsWith(prefix)).map(eventOf);
        } else if (watch.asksProgress) {
          watch.asksProgress = false;
          cursor = Math.max(cursor, this.revision);
          yield [{ type: "progress", revision: this.revision }];
        } else {
          await watch.wake.promise;
          watch.wake = deferred();
        }
      }
    } finally {
      this.watches.delete(watch);
      signal.removeEventListener("abort", onAbort);
    }
  }

  async requestProgress(): Promise<void> {
    this.enter();
    if (this.withholdsProgress) return;
    this.wakeWatches((watch) => {
      watch.asksProgress = true;
    });
  }

  async currentRevision(signal?: AbortSignal): Promise<Revision> {
    this.enter(signal);
    this.calls.currentRevision += 1;
    return this.revision;
  }

  async compactedRevision(): Promise<Revision> {
    this.enter();
    return this.compacted;
  }

  async compact(revision: Revision): Promise<void> {
    this.enter();
    if (revision <= this.compacted) return;
    this.base = this.stateAt(revision);
    this.compacted = revision;
    this.changes = this.changes.filter((change) => change.revision > revision);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.breakWatches(new StoreUnavailableError("the store is closed"));
  }

  /** Ends every watch that is open with an error; new ones work. */
  breakWatches(error: Error): void {
    this.wakeWatches((watch) => {
      watch.failure = error;
    });
  }

  /** How many watches are open. */
  get openWatches(): number {
    return this.watches.size;
  }

  private enter(signal?: AbortSignal): void {
    if (signal !== undefined) throwIfAborted(signal);
    if (this.isClosed) throw new StoreUnavailableError("the store is closed");
    if (this.isUnavailable) throw new StoreUnavailableError("the store is away");
  }

  private stateAt(revision: Revision = this.revision): Map<string, StoredValue> {
    if (revision > this.revision) throw new FutureRevisionError(revision, this.revision);
    if (revision < this.compacted) throw new CompactedError(this.compacted);
    const state = new Map(this.base);
    for (const change of this.changes) {
      if (change.revision > revision) break;
      if (change.value === undefined) state.delete(change.key);
      else state.set(change.key, { key: change.key, value: change.value, revision: change.revision });
    }
    return state;
  }

  private checkGuards(guards: readonly Guard[]): void {
    for (const { key, revision } of guards) {
      if ((this.present.get(key)?.revision ?? 0) !== revision) throw new GuardError(key);
    }
  }

  private checkRevision(key: string, revision: Revision): void {
    const actual = this.present.get(key)?.revision ?? 0;
    if (actual !== revision || actual === 0) throw new RevisionMismatchError(key, actual);
  }

  private commit(key: string, value: Uint8Array | undefined, { also = [] }: WriteOptions): Revision {
    return this.writeTogether([{ key, value }, ...also]);
  }

  private put(key: string, value: Uint8Array | undefined): void {
    this.changes.push({ key, value, revision: this.revision, previous: this.present.get(key) });
    if (value === undefined) this.present.delete(key);
    else this.present.set(key, { key, value, revision: this.revision });
  }

  private wakeWatches(prepare: (watch: OpenWatch) => void): void {
    for (const watch of this.watches) {
      prepare(watch);
      watch.wake.resolve();
    }
  }
}

// JavaScript itself compares UTF-16 units.
const inByteOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function eventOf({ key, revision, value, previous }: Change): StoreEvent {
  const before = previous === undefined ? {} : { previous };
  return value === undefined ? { type: "delete", key, revision, ...before } : { type: "put", key, value, revision, ...before };
}
