import { isAbort } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { isCompacted } from "../errors.js";
import type { Listing, Revision, Store, StoreEvent } from "../interface.js";
import { byRevision } from "./by-revision.js";
import type { FirstLists } from "./first-lists.js";
import { type ObjectEvent, readWindow } from "./history-window.js";
import { createTimeSlice } from "./time-slice.js";

/** What a feeder feeds. */
export interface FeedTarget {
  /** Takes the whole of the present; the events that follow come after it. A repair takes the place of an older one. */
  load(listing: Listing, isRepair: boolean): Promise<void>;
  /** Takes what happened at one revision, in one synchronous step. */
  apply(events: readonly StoreEvent[]): void;
  /** Takes changes after one revision and up to another, from before all that it knows. @returns whether earlier ones are of use */
  prepend(events: readonly ObjectEvent[], window: { readonly after: Revision; readonly upTo: Revision }): Promise<boolean>;
  /** Nothing more will be prepended. */
  endHistory(): void;
}

export interface FeederDeps {
  readonly store: Pick<Store, "list" | "watch" | "compactedRevision" | "requestProgress">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly firstLists: FirstLists;
}

// A watch that lived this long was healthy: its end is news, not one more failure.
const healthyMs = 60_000;
// etcd reads a thousand revisions back at a time, and rests between.
const firstSpan = 1_000;

/**
 * Keeps a target fed from one prefix of the store: a list, then every change, and meanwhile the list's history, newest
 * first, for those who know a state from before it. A broken watch goes on after
 * the last event delivered; only when the store no longer keeps what comes next is everything listed anew.
 */
export class Feeder {
  /** Everything up to here has been handed over; undefined before a list, or when a new one is needed. */
  private cursor: Revision | undefined;
  private history: Promise<void> | undefined;

  constructor(
    private readonly prefix: string,
    private readonly target: FeedTarget,
    private readonly deps: FeederDeps,
  ) {}

  /** Feeds until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    await this.keepFed(signal);
    await this.history;
    this.target.endHistory();
  }

  private async keepFed(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.deps;
    let failures = 0;
    while (!signal.aborted) {
      const began = clock.monotonicMs();
      try {
        await this.feed(signal);
      } catch (error: unknown) {
        if (isAbort(error) && signal.aborted) return;
        if (isCompacted(error)) this.cursor = undefined;
        log.warn("watch of the store broke", { prefix: this.prefix, error, relist: this.cursor === undefined });
      }
      failures = clock.monotonicMs() - began > healthyMs ? 1 : failures + 1;
      await clock.sleep(backoffMs(failures, reconnectBackoff, random), signal).catch((_stopped: unknown) => undefined);
    }
  }

  private async feed(signal: AbortSignal): Promise<void> {
    this.cursor ??= await this.load(signal);
    const pause = createTimeSlice(this.deps.clock);
    for await (const batch of this.deps.store.watch(this.prefix, this.cursor, signal)) {
      for (const events of byRevision(batch)) {
        this.target.apply(events);
        this.cursor = events[0]?.revision ?? this.cursor;
        const turn = pause();
        if (turn !== undefined) await turn;
      }
    }
  }

  /** @returns where the watch is to begin */
  private async load(signal: AbortSignal): Promise<Revision> {
    const listing = await this.deps.store.list(this.prefix, { signal });
    // Only a first list has a history. A later one is a repair: what lay between is gone.
    await this.target.load(listing, this.history !== undefined);
    if (this.history === undefined) {
      this.deps.firstLists.loaded();
      this.history = this.readHistory(listing.revision, signal);
    }
    return listing.revision;
  }

  private async readHistory(upTo: Revision, signal: AbortSignal): Promise<void> {
    try {
      await this.deps.firstLists.all(signal);
      const compacted = await this.deps.store.compactedRevision();
      let window = { after: upTo, upTo };
      for (let span = firstSpan; window.after > compacted; ) {
        window = { after: Math.max(compacted, window.after - span), upTo: window.after };
        const events = await readWindow(this.deps, this.prefix, window, signal);
        if (!(await this.target.prepend(events, window))) break;
        // What changes seldom is read in few steps.
        if (events.length < span / 4) span *= 2;
      }
    } catch (error: unknown) {
      // Whoever resumes from before what was read lists anew.
      if (!isAbort(error) && !isCompacted(error)) this.deps.log.warn("history could not be read", { prefix: this.prefix, error });
    }
    this.target.endHistory();
  }
}
