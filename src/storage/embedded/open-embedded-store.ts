import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { type Clock, systemClock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Store } from "../interface.js";
import { lockDirectory } from "./directory-lock.js";
import { EmbeddedStore } from "./embedded-store.js";
import { Timeline } from "./timeline.js";
import { VersionTables } from "./version-tables.js";

/** Where an embedded store lives. */
interface EmbeddedStoreOptions {
  /** Made, for its owner only, if it is absent. */
  readonly directory: string;
  /** False acknowledges writes before they are on disk: for tests. Default true. */
  readonly sync?: boolean;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly log: Log;
}

/** An empty store is at this revision, since 0 means "whatever there is" in the API. */
const birthRevision = 1;

/**
 * Opens the store in a directory of this machine, and makes it if there is none. Close it before the process ends;
 * a process that is killed loses nothing either.
 *
 * @throws StoreLockedError when another process has it open
 */
export async function openEmbeddedStore({ directory, sync = true, clock = systemClock, log }: EmbeddedStoreOptions): Promise<Store> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  try {
    const tables = VersionTables.open(directory, sync);
    const clusterUid = await birthUid(tables);
    const compacted = tables.revisionFact("compacted");
    // The last change may have been a deletion that compaction has removed: its revision must not come again.
    const revision = Math.max(birthRevision, compacted, tables.lastRevision());
    return new EmbeddedStore({ clusterUid, tables, timeline: new Timeline(revision, compacted), lock, clock, log });
  } catch (error: unknown) {
    await lock.release();
    throw error;
  }
}

async function birthUid(tables: VersionTables): Promise<string> {
  const known = tables.fact("birth");
  if (known !== undefined) return known.toString();
  const uid = randomUUID();
  await tables.setFact("birth", Buffer.from(uid));
  return uid;
}
