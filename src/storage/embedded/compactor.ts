import { setImmediate as nextTurn } from "node:timers/promises";
import { FutureRevisionError } from "../errors.js";
import type { Revision } from "../interface.js";
import type { Timeline } from "./timeline.js";
import type { Version } from "./version.js";
import { encodeRevision, type VersionPosition } from "./version-keys.js";
import type { VersionTables } from "./version-tables.js";

/** Versions looked at per transaction. */
const sliceSize = 500;

/**
 * Drops what later versions superseded. The new compaction point is on disk before the first version goes, and how far
 * the sweep has come goes with each slice, so that a crash in between only leaves work for the next start.
 */
export class Compactor {
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly tables: VersionTables,
    private readonly timeline: Timeline,
  ) {}

  /** Resolves once everything superseded at `revision` or before is gone. One compaction runs at a time. */
  compact(revision: Revision): Promise<void> {
    const run = this.#last.then(() => this.#compact(revision));
    this.#last = run.catch((_reported: unknown) => undefined);
    return run;
  }

  /** Goes on with a sweep that an earlier process did not finish. */
  resume(): Promise<void> {
    return this.compact(this.timeline.compacted);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #compact(revision: Revision): Promise<void> {
    if (revision > this.timeline.revision) throw new FutureRevisionError(revision, this.timeline.revision);
    if (revision > this.timeline.compacted) {
      await this.tables.setFact("compacted", encodeRevision(revision));
      this.timeline.compactTo(revision);
    }
    await this.#sweep(this.timeline.compacted);
  }

  async #sweep(upTo: Revision): Promise<void> {
    let position: VersionPosition = { revision: this.tables.revisionFact("swept") + 1, key: "" };
    for (;;) {
      this.timeline.throwIfClosed();
      const versions = this.tables.readLog(position, upTo, sliceSize);
      const last = versions.at(-1);
      if (last === undefined) break;
      // The slice's last revision may go on in the next, so that it is not yet done with.
      await this.tables.sweep(versions.flatMap(superseded), last.revision - 1);
      position = last;
      await nextTurn();
    }
    await this.tables.sweep([], upTo);
  }
}

/** What a version at or below the compaction point makes superfluous: the one before it, and itself if it is a deletion. */
function superseded({ key, revision, previousRevision, deleted }: Version): readonly VersionPosition[] {
  const previous = previousRevision === 0 ? [] : [{ key, revision: previousRevision }];
  return deleted ? [...previous, { key, revision }] : previous;
}
