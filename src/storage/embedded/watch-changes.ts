import { setImmediate as nextTurn } from "node:timers/promises";
import { abortable, throwIfAborted } from "../../base/abort.js";
import { CompactedError } from "../errors.js";
import type { Revision, StoreEvent } from "../interface.js";
import type { Timeline } from "./timeline.js";
import { type ChangeEvent, changeEvent, type Version } from "./version.js";
import type { VersionTables } from "./version-tables.js";

/** How many changes are taken at once: what a watcher that stops reading holds on to. */
const chunkSize = 256;

/** Above every key: a position that has all of its revision behind it. */
const highestKey = "\u{10ffff}";

interface Sources {
  readonly tables: VersionTables;
  readonly timeline: Timeline;
}

/**
 * The store's watch. A watcher has a cursor and no queue: it takes what follows the cursor from the recent changes in
 * memory, or from the log when it is further behind, so that a slow consumer costs nothing but its place.
 */
export async function* watchChanges(
  sources: Sources,
  prefix: string,
  afterRevision: Revision,
  signal: AbortSignal,
): AsyncGenerator<readonly StoreEvent[], never> {
  const { timeline } = sources;
  if (afterRevision < timeline.compacted) throw new CompactedError(timeline.compacted);
  let cursor = afterRevision;
  let progressTold = timeline.progressAsked;
  for (;;) {
    throwIfAborted(signal);
    timeline.throwIfClosed();
    const changed = timeline.changed();
    const target = timeline.revision;
    const progressAsked = timeline.progressAsked;

    for await (const events of changesBetween(sources, cursor, target)) {
      const ours = events.filter(({ key }) => key.startsWith(prefix));
      if (ours.length > 0) yield ours;
      throwIfAborted(signal);
    }
    // A watch may start in the future; it is then not yet anywhere.
    cursor = Math.max(cursor, target);
    if (progressTold < progressAsked && cursor === target) {
      progressTold = progressAsked;
      yield [{ type: "progress", revision: target }];
    }
    await abortable(changed, signal);
  }
}

/** Every change after one revision and up to another, in chunks of whole revisions: from memory while it reaches back so far, else from disk. */
async function* changesBetween(sources: Sources, after: Revision, target: Revision): AsyncGenerator<readonly ChangeEvent[]> {
  const { recent } = sources.timeline;
  let position = after;
  while (position < target) {
    const events = recent.after(position, chunkSize);
    if (events === undefined) {
      yield* loggedBetween(sources, position, target);
      return;
    }
    yield events.filter((event) => event.revision <= target);
    position = events.at(-1)?.revision ?? target;
  }
}

async function* loggedBetween({ tables, timeline }: Sources, after: Revision, target: Revision): AsyncGenerator<readonly ChangeEvent[]> {
  let position = { revision: after, key: highestKey };
  /** The last revision read: there may be more of it. */
  let held: readonly Version[] = [];
  for (;;) {
    timeline.throwIfClosed();
    // What is below the compaction may miss versions.
    if (position.revision < timeline.compacted) throw new CompactedError(timeline.compacted);
    const versions = tables.readLog(position, target, chunkSize);
    const last = versions.at(-1);
    const known = [...held, ...versions];
    const whole = last === undefined ? known : known.filter(({ revision }) => revision < last.revision);
    if (whole.length > 0) yield whole.map((version) => changeEvent(version, superseded(tables, version.key, version.previousRevision)));
    if (last === undefined) return;
    held = known.slice(whole.length);
    position = { revision: last.revision, key: last.key };
    // A long read back shares the event loop.
    await nextTurn();
  }
}

function superseded(tables: VersionTables, key: string, revision: Revision): ReturnType<VersionTables["version"]> {
  return revision === 0 ? undefined : tables.version({ key, revision });
}
