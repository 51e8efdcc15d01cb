import { unpackAny } from "../../src/api/codec/any.js";
import { encodeObject } from "../../src/api/codec/encode.js";
import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { parseFieldSelector } from "../../src/api/selectors/field-selector.js";
import { parseLabelSelector } from "../../src/api/selectors/label-selector.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import { EventType, type WatchEvent, WatchResponse } from "../../src/gen/howbernetes/api/v1/resources.js";
import { createCacheMetrics } from "../../src/storage/cacher/cache-metrics.js";
import { initialEventsEnd } from "../../src/storage/cacher/event-encoder.js";
import { FirstLists } from "../../src/storage/cacher/first-lists.js";
import type { HistoryLimits } from "../../src/storage/cacher/history-ring.js";
import type { Scope, WatchOptions } from "../../src/storage/cacher/interface.js";
import { StoreProgress } from "../../src/storage/cacher/store-progress.js";
import { KindCache } from "../../src/storage/cacher/watch-cache.js";
import { storeKey } from "../../src/storage/keys.js";
import { FakeClock } from "./fake-clock.js";
import { MemoryStore } from "./memory-store.js";

interface PodFields {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeName?: string;
}

/** Where a pod is stored. */
export const keyFor = (name: string, namespace = "default"): string => storeKey(podKind, { namespace, name });

/** A pod as it is stored. */
export function podBytes(name: string, { namespace = "default", labels = {}, nodeName }: PodFields = {}): Buffer {
  const spec = { containers: [{ name: "c", image: "busybox:1" }], ...(nodeName === undefined ? {} : { nodeName }) };
  return encodeObject(podKind, makeWhole(podKind, { metadata: { name, namespace, uid: `uid-${name}`, labels }, spec }));
}

/** What is read, from selectors as users write them. */
export function scope({ namespace = "", labels = "", fields = "" } = {}): Scope {
  return { namespace, labels: parseLabelSelector(labels), fields: parseFieldSelector(podKind, fields) };
}

/** A watch event in a form that reads well: "ADDED a@5", "BOOKMARK @7". */
function readable({ type, object }: WatchEvent): string {
  const { name, resourceVersion, annotations } = unpackAny(podKind, object).metadata;
  return `${EventType[type]} ${name}@${resourceVersion}${annotations[initialEventsEnd] === "true" ? " end" : ""}`;
}

/** Reads a watch one event at a time. */
export class Reader {
  /** Came with others, and not asked for yet. */
  private readonly events: string[] = [];
  private readonly iterator: AsyncIterator<Buffer>;
  constructor(messages: AsyncIterable<Buffer>) {
    this.iterator = messages[Symbol.asyncIterator]();
  }
  async raw(): Promise<Buffer> {
    const { value, done } = await this.iterator.next();
    if (done === true) throw new Error("the watch has ended");
    return value as Buffer;
  }
  async next(count = 1): Promise<string[]> {
    while (this.events.length < count) this.events.push(...WatchResponse.decode(await this.raw()).events.map(readable));
    return this.events.splice(0, count);
  }
  async ended(): Promise<boolean> {
    return (await this.iterator.next()).done === true;
  }
  async failure(): Promise<unknown> {
    try {
      await this.iterator.next();
    } catch (error: unknown) {
      return error;
    }
    throw new Error("the watch goes on");
  }
}

/** A watch cache of pods over a store in memory, by a clock that moves when told to. */
export class PodCache {
  readonly store = new MemoryStore();
  readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(readonly clock: FakeClock = new FakeClock()) {}

  async start(options: { history?: HistoryLimits; watcherBudgetBytes?: number } = {}): Promise<KindCache> {
    const { store, clock } = this;
    const metrics = createCacheMetrics(createMetrics({ process: false }));
    const progress = new StoreProgress(store, clock);
    const log = createLog("test", "silent");
    const cache = new KindCache(podKind, {
      store,
      progress,
      clock,
      random: () => 0.5,
      log,
      metrics,
      firstLists: new FirstLists(1),
      ...options,
    });
    this.running = cache.run(this.stop.signal);
    const ready = cache.ready(this.stop.signal);
    // The first request for progress may come before the watch is open; the next one is answered.
    await clock.advance(200);
    await ready;
    return cache;
  }

  watch(cache: KindCache, from: Partial<WatchOptions> = {}, of: Scope = scope()): Reader {
    return new Reader(cache.watch(of, { markInitialEnd: false, bookmarks: false, signal: this.stop.signal, ...from }));
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.running;
  }
}
