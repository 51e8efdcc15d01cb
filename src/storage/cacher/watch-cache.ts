import { ApiError, expired, tooLargeResourceVersion, unavailable } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { abortable, abortError, isAbort, throwIfAborted } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { isStoreUnavailable } from "../errors.js";
import type { Revision, Store } from "../interface.js";
import { kindPrefix } from "../keys.js";
import { byRevision } from "./by-revision.js";
import type { CacheMetrics } from "./cache-metrics.js";
import { CacheState } from "./cache-state.js";
import { type IndexedObject, toCachedObject, toIndexedObject } from "./cached-object.js";
import { seenAs } from "./change.js";
import { inScope } from "./facets.js";
import { Feeder } from "./feeder.js";
import type { FirstLists } from "./first-lists.js";
import type { HistoryLimits } from "./history-ring.js";
import type { CachedList, CachedObject, Freshness, Scope, WatchCache, WatchOptions } from "./interface.js";
import type { Told } from "./message-batch.js";
import { SharedDelivery } from "./shared-delivery.js";
import type { StoreProgress } from "./store-progress.js";
import { createTimeSlice } from "./time-slice.js";
import { type BegunWatch, WatchReading } from "./watch-reading.js";
import { Watcher } from "./watcher.js";

export interface WatchCacheDeps {
  readonly store: Store;
  readonly progress: StoreProgress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: CacheMetrics;
  readonly firstLists: FirstLists;
  readonly history?: HistoryLimits;
  /** What a watcher may fall behind by; 8 MiB by default. */
  readonly watcherBudgetBytes?: number;
}

// Longer, and a caller is better served by the store itself; shorter, and a hiccup of the watch sends all reads there.
const freshnessWaitMs = 3_000;
const bookmarkPeriodMs = 10_000;
// Ends are spread out, so that watches do not all come back at once; and they come, so that load can move to new servers.
const minimumLifeMs = 30 * 60_000;
const lifeSpreadMs = 30 * 60_000;
// No timer can be set for longer.
const longestLifeMs = 2 ** 31 - 1;

/** The watch cache of one kind; its contract is `WatchCache`'s. `run` feeds it. */
export class KindCache implements WatchCache {
  private readonly state: CacheState;
  private readonly feeder: Feeder;
  private readonly delivery = new SharedDelivery();
  private readonly labels: { readonly resource: string };

  constructor(
    private readonly kind: Kind,
    private readonly deps: WatchCacheDeps,
  ) {
    this.state = new CacheState(kind, deps);
    this.feeder = new Feeder(kindPrefix(kind), this.state, deps);
    this.labels = { resource: kind.plural };
  }

  /** Keeps the cache fed, and watchers bookmarked, until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.feeder.run(signal), this.bookmark(signal)]);
    for (const watcher of this.state.watchers) watcher.fail(unavailable("the server is stopping"));
  }

  async ready(signal: AbortSignal): Promise<void> {
    // The history's end is told by nothing but a request for progress.
    while (!(await this.deps.progress.reach(this.state.gate, 1, freshnessWaitMs, signal))) throwIfAborted(signal);
  }

  estimate(scope: Scope): number {
    return this.state.index.countCandidates(scope);
  }

  async reach(freshness: Freshness, signal: AbortSignal): Promise<boolean> {
    if (this.state.gate.revision === 0) await this.ready(signal);
    if (freshness.kind === "any") return true;
    const began = this.deps.clock.monotonicMs();
    const wanted = freshness.kind === "latest" ? await this.storeRevision() : freshness.revision;
    const reached = await this.deps.progress.reach(this.state.gate, wanted, freshnessWaitMs, signal);
    throwIfAborted(signal);
    this.deps.metrics.freshnessWait.observe(this.labels, (this.deps.clock.monotonicMs() - began) / 1_000);
    this.noteLag(wanted);
    return reached;
  }

  async get(
    key: string,
    freshness: Freshness,
    signal: AbortSignal,
  ): Promise<{ readonly found: CachedObject | undefined; readonly revision: Revision }> {
    if (await this.reach(freshness, signal)) return { found: this.state.index.get(key), revision: this.state.gate.revision };
    const { value, revision } = await fromStore(this.deps.store.get(key, signal));
    this.refuseFuture(freshness, revision);
    return { found: value === undefined ? undefined : toCachedObject(this.kind, value), revision };
  }

  async list(scope: Scope, freshness: Freshness, signal: AbortSignal, limit = 0): Promise<CachedList> {
    const reached = await this.reach(freshness, signal);
    while (this.state.repair !== undefined) await abortable(this.state.repair, signal);
    const { objects, revision } = reached ? this.present(scope) : await this.listStore(freshness, signal);
    const pause = createTimeSlice(this.deps.clock);
    const found: CachedObject[] = [];
    let seen = 0;
    for (const object of objects) {
      if (inScope(scope, object.kept.facets)) {
        if (limit > 0 && found.length === limit) return { objects: found, revision, remaining: objects.length - seen };
        found.push(object);
      }
      seen += 1;
      const turn = pause();
      if (turn !== undefined) await turn;
    }
    return { objects: found, revision, remaining: 0 };
  }

  watch(scope: Scope, options: WatchOptions): AsyncIterable<Buffer> {
    return new WatchReading(() => this.begin(scope, options), this.deps.clock);
  }

  private async begin(scope: Scope, options: WatchOptions): Promise<BegunWatch> {
    const { signal, after } = options;
    await this.reach({ kind: "any" }, signal);
    if (after === undefined) await this.reachState(options.freshness, signal);
    else await this.reachForWatch(after, signal);
    if (after !== undefined) await this.state.reachBack(after, signal);
    while (this.state.repair !== undefined) await abortable(this.state.repair, signal);
    throwIfAborted(signal);
    // From here to the watcher's registration nothing is awaited: between what it starts from and what it is told
    // there is neither gap nor overlap.
    const start = this.startOf(scope, options);
    const { delivery } = this;
    const watcher = new Watcher(scope, this.state.encoder, {
      delivery,
      wantsBookmarks: options.bookmarks,
      budgetBytes: this.deps.watcherBudgetBytes,
      // The reader may take minutes to notice, or for ever: nothing is held for it meanwhile.
      onTooSlow: () => {
        leave();
        this.deps.metrics.slowWatchers.inc(this.labels);
      },
    });
    const unregister = this.enter(watcher, options);
    const leave = (): void => {
      start.return();
      unregister();
    };
    return { start, watcher, delivery, leave };
  }

  private present(scope: Scope): { readonly objects: readonly IndexedObject[]; readonly revision: Revision } {
    return { objects: this.state.index.candidates(scope), revision: this.state.gate.revision };
  }

  private async listStore(
    freshness: Freshness,
    signal: AbortSignal,
  ): Promise<{ readonly objects: readonly IndexedObject[]; readonly revision: Revision }> {
    const { values, revision } = await fromStore(this.deps.store.list(kindPrefix(this.kind), { signal }));
    this.refuseFuture(freshness, revision);
    const pause = createTimeSlice(this.deps.clock);
    const objects: IndexedObject[] = [];
    for (const value of values) {
      objects.push(toIndexedObject({ kind: this.kind, encoder: this.state.encoder }, value, "added"));
      const turn = pause();
      if (turn !== undefined) await turn;
    }
    return { objects, revision };
  }

  /** What a watch begins with: computed lazily, over a snapshot taken now. */
  private startOf(scope: Scope, { after, markInitialEnd }: WatchOptions): Generator<Told | undefined, void, void> {
    const { state } = this;
    const { encoder } = state;
    if (after === undefined) {
      const objects = state.index.candidates(scope);
      const { revision } = state.gate;
      return (function* initialState() {
        for (const { kept, bytes } of objects) {
          if (!inScope(scope, kept.facets)) yield undefined;
          else yield kept.type === "added" ? kept.message : encoder.event("added", bytes);
        }
        if (markInitialEnd) yield encoder.bookmark(revision, true);
      })();
    }
    const changes = state.ring.since(after);
    if (changes === undefined) throw expired(`too old resource version: ${after} (${state.ring.oldest})`);
    return (function* catchUp() {
      for (const together of byRevision(changes)) {
        const messages: Buffer[] = [];
        for (const change of together) {
          const type = seenAs(scope, change);
          if (type !== undefined) messages.push(change.as(type, encoder));
        }
        yield messages.length > 0 ? messages : undefined;
      }
    })();
  }

  /** Registers a watcher until it ends, one way or another. */
  private enter(watcher: Watcher, { signal, timeoutMs }: WatchOptions): () => void {
    const { watchers, gate } = this.state;
    const update = (): void => this.deps.metrics.watchers.set(this.labels, watchers.size);
    watchers.add(watcher);
    update();
    const lifeMs = Math.min(timeoutMs ?? minimumLifeMs + this.deps.random() * lifeSpreadMs, longestLifeMs);
    const cancelEnd = this.deps.clock.after(lifeMs, () => {
      // A reader that has not even come as far as the present after all this time never will.
      if (!watcher.hasCaughtUp) watcher.tooSlow();
      if (watcher.wantsBookmarks) watcher.push(this.state.encoder.bookmark(gate.revision));
      watcher.end();
    });
    const unregister = (): void => {
      cancelEnd();
      signal.removeEventListener("abort", onAbort);
      watchers.remove(watcher);
      update();
    };
    // A reader that is gone may never ask for the next message: its place is given up all the same.
    const onAbort = (): void => {
      unregister();
      watcher.fail(abortError(signal));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return unregister;
  }

  private async bookmark(signal: AbortSignal): Promise<void> {
    const { gate, watchers } = this.state;
    for (;;) {
      await this.deps.clock.sleep(bookmarkPeriodMs, signal).catch((_stopped: unknown) => undefined);
      if (signal.aborted) return;
      if (watchers.size === 0) continue;
      // A bookmark says that everything from the store to the reader works; without a fresh revision it is not sent.
      const revision = await this.deps.progress.currentRevision().catch((_unreachable: unknown) => undefined);
      if (revision === undefined) continue;
      const confirmed = await this.deps.progress.reach(gate, revision, freshnessWaitMs, signal);
      this.noteLag(revision);
      if (!confirmed) continue;
      const buffer = this.state.encoder.bookmark(gate.revision);
      for (const watcher of watchers) if (watcher.wantsBookmarks) watcher.push(buffer);
    }
  }

  private noteLag(wanted: Revision): void {
    this.deps.metrics.lagRevisions.set(this.labels, Math.max(0, wanted - this.state.gate.revision));
  }

  private storeRevision(): Promise<Revision> {
    return fromStore(this.deps.progress.currentRevision());
  }

  private async reachState(freshness: Freshness | undefined, signal: AbortSignal): Promise<void> {
    if (freshness === undefined || (await this.reach(freshness, signal))) return;
    this.refuseFuture(freshness, await this.storeRevision());
    throw lagging();
  }

  /** A revision that this cache has not reached yet may come from another api-server; one that the store has not, from another store. */
  private async reachForWatch(after: Revision, signal: AbortSignal): Promise<void> {
    if (this.state.gate.revision >= after) return;
    // Unlike Kubernetes, which would wait: such a watcher knows a state that is not of this history, and has to list anew.
    if ((await this.storeRevision()) < after) throw expired(`resource version ${after} is not of this cluster's history`);
    if (await this.reach({ kind: "notOlderThan", revision: after }, signal)) return;
    throw lagging();
  }

  private refuseFuture(freshness: Freshness, revision: Revision): void {
    if (freshness.kind !== "notOlderThan" || freshness.revision <= revision) return;
    throw tooLargeResourceVersion(freshness.revision, revision);
  }
}

const lagging = (): ApiError => unavailable("the watch cache lags behind the store");

async function fromStore<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (error: unknown) {
    if (isStoreUnavailable(error)) throw unavailable("the store cannot be reached", error);
    throw isAbort(error) ? error : ApiError.from(error);
  }
}
