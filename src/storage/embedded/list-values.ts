import { setImmediate as nextTurn } from "node:timers/promises";
import { throwIfAborted } from "../../base/abort.js";
import { CompactedError, FutureRevisionError, isCompacted } from "../errors.js";
import type { Listing, ListOptions, Revision, StoredValue } from "../interface.js";
import type { Timeline } from "./timeline.js";
import type { IndexEntry, VersionTables } from "./version-tables.js";

/** Index entries read in one turn of the event loop: one or two milliseconds. */
const sliceSize = 1000;

interface Sources {
  readonly tables: VersionTables;
  readonly timeline: Timeline;
}

/** The store's list: the values under `prefix` as of one revision, read in slices that share the event loop. */
export async function listValues(sources: Sources, prefix: string, options: ListOptions): Promise<Listing> {
  const { timeline } = sources;
  const asked = options.atRevision;
  if (asked !== undefined && asked > timeline.revision) throw new FutureRevisionError(asked, timeline.revision);
  for (;;) {
    const atRevision = asked ?? timeline.revision;
    try {
      return await new ListRead(sources, prefix, options, atRevision).run();
    } catch (error: unknown) {
      // The present was compacted while it was read: there is a newer present.
      if (asked !== undefined || !isCompacted(error)) throw error;
    }
  }
}

/** One pass over the index. Entries come by key and revision: the last one not above the revision is the key's. */
class ListRead {
  readonly #values: StoredValue[] = [];
  #remaining = 0;

  constructor(
    private readonly sources: Sources,
    private readonly prefix: string,
    private readonly options: ListOptions,
    private readonly atRevision: Revision,
  ) {}

  async run(): Promise<Listing> {
    const { tables, timeline } = this.sources;
    let position: Buffer | undefined;
    let newest: IndexEntry | undefined;
    for (;;) {
      timeline.throwIfClosed();
      if (this.options.signal !== undefined) throwIfAborted(this.options.signal);
      if (this.atRevision < timeline.compacted) throw new CompactedError(timeline.compacted);
      const entries = tables.readIndex(this.prefix, { after: this.options.after, position }, sliceSize);
      for (const entry of entries) {
        if (newest !== undefined && newest.key !== entry.key) this.#take(newest);
        if (newest?.key !== entry.key) newest = undefined;
        if (entry.revision <= this.atRevision) newest = entry;
      }
      position = entries.at(-1)?.position;
      if (entries.length < sliceSize) break;
      await nextTurn();
    }
    if (newest !== undefined) this.#take(newest);
    return { values: this.#values, revision: this.atRevision, remaining: this.#remaining };
  }

  #take(entry: IndexEntry): void {
    if (entry.deleted) return;
    const limit = this.options.limit ?? 0;
    if (limit > 0 && this.#values.length >= limit) {
      this.#remaining += 1;
      return;
    }
    const version = this.sources.tables.version(entry);
    if (version === undefined) throw new CompactedError(this.sources.timeline.compacted);
    this.#values.push({ key: version.key, value: version.value, revision: version.revision });
  }
}
