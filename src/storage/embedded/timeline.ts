import { type Deferred, deferred } from "../../base/abort.js";
import { StoreUnavailableError } from "../errors.js";
import type { Revision } from "../interface.js";
import { RecentChanges } from "./recent-changes.js";
import type { ChangeEvent } from "./version.js";

/** Memory kept so that watchers that keep up never read the disk: some seconds of a busy store. */
const recentLimits = { maxEvents: 4096, maxBytes: 16 * 1024 * 1024 };

/**
 * How far the store has visibly come, and the bell that says that it went further.
 *
 * Invariants: `revision` moves only once a batch is on disk, and before its writers are answered; `recent` ends
 * exactly there; everything that waits is woken by each move.
 */
export class Timeline {
  readonly recent: RecentChanges;
  #revision: Revision;
  #compacted: Revision;
  #progressAsked = 0;
  #closed = false;
  #bell: Deferred<void> = deferred();

  constructor(revision: Revision, compacted: Revision) {
    this.#revision = revision;
    this.#compacted = compacted;
    this.recent = new RecentChanges(revision, recentLimits);
  }

  /** The last revision that readers and watchers may see. */
  get revision(): Revision {
    return this.#revision;
  }

  get compacted(): Revision {
    return this.#compacted;
  }

  /** How often progress has been asked for. */
  get progressAsked(): number {
    return this.#progressAsked;
  }

  /** Resolves at the next change of anything here. Take it before looking, lest a change falls between. */
  changed(): Promise<void> {
    return this.#bell.promise;
  }

  advance(events: readonly ChangeEvent[], revision: Revision): void {
    this.recent.add(events, revision);
    this.#revision = revision;
    this.#ring();
  }

  compactTo(revision: Revision): void {
    this.#compacted = revision;
    this.#ring();
  }

  askProgress(): void {
    this.#progressAsked += 1;
    this.#ring();
  }

  /** From now on `throwIfClosed` throws. */
  close(): void {
    this.#closed = true;
    this.#ring();
  }

  throwIfClosed(): void {
    if (this.#closed) throw new StoreUnavailableError("the store is closed");
  }

  #ring(): void {
    this.#bell.resolve();
    this.#bell = deferred();
  }
}
