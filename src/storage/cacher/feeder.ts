import { isAbort, throwIfAborted } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { isCompacted } from "../errors.js";
import type { Listing, Revision, Store, StoredValue, StoreEvent } from "../interface.js";
import { createTimeSlice } from "./time-slice.js";

/** What a feeder feeds. */
export interface FeedTarget {
  /**
   * Takes the whole of the present. `historyAfter` is where the events that follow begin: those up to the listing's own
   * revision are its past. Absent when its past is not to be had.
   */
  load(listing: Listing, historyAfter: Revision | undefined): Promise<void>;
  apply(event: StoreEvent): void;
}

export interface FeederDeps {
  readonly store: Pick<Store, "list" | "watch" | "compactedRevision">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

// etcd refuses answers that are too large for one message; pages of one revision make one list all the same.
const pageSize = 500;
// A watch that lived this long was healthy: its end is news, not one more failure.
const healthyMs = 60_000;

/**
 * Keeps a target fed from one prefix of the store: a list, its history, then every change. A broken watch goes on after
 * the last event delivered; only when the store no longer keeps what comes next is everything listed anew.
 */
export class Feeder {
  /** Everything up to here has been handed over; undefined before a list, or when a new one is needed. */
  private cursor: Revision | undefined;
  private loadedOnce = false;

  constructor(
    private readonly prefix: string,
    private readonly target: FeedTarget,
    private readonly deps: FeederDeps,
  ) {}

  /** Feeds until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
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
    for await (const event of this.deps.store.watch(this.prefix, this.cursor, signal)) {
      this.target.apply(event);
      this.cursor = event.revision;
      await pause();
    }
  }

  /** @returns where the watch is to begin */
  private async load(signal: AbortSignal): Promise<Revision> {
    const compacted = await this.deps.store.compactedRevision();
    const listing = await this.list(signal);
    // A first list brings its history along. A later one is a repair: what lay between is gone.
    const historyAfter = this.loadedOnce ? undefined : Math.min(compacted, listing.revision);
    await this.target.load(listing, historyAfter);
    this.loadedOnce = true;
    return historyAfter ?? listing.revision;
  }

  private async list(signal: AbortSignal): Promise<Listing> {
    const values: StoredValue[] = [];
    for (let atRevision: Revision | undefined, after: string | undefined; ; ) {
      throwIfAborted(signal);
      const page = await this.deps.store.list(this.prefix, {
        limit: pageSize,
        signal,
        ...(after === undefined ? {} : { after }),
        ...(atRevision === undefined ? {} : { atRevision }),
      });
      values.push(...page.values);
      atRevision = page.revision;
      after = page.values.at(-1)?.key;
      if (page.remaining === 0 || after === undefined) return { values, revision: page.revision, remaining: 0 };
    }
  }
}
