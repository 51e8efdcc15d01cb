import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { MemoryStore } from "../../../test/fakes/memory-store.js";
import { unpackAny } from "../../api/codec/any.js";
import { encodeObject } from "../../api/codec/encode.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isExpired, isTooManyRequests, isUnavailable } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { parseFieldSelector } from "../../api/selectors/field-selector.js";
import { parseLabelSelector } from "../../api/selectors/label-selector.js";
import { createLog } from "../../base/log.js";
import { createMetrics } from "../../base/metrics.js";
import { EventType, WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import { StoreUnavailableError } from "../errors.js";
import { storeKey } from "../keys.js";
import { createCacheMetrics } from "./cache-metrics.js";
import { initialEventsEnd } from "./event-encoder.js";
import type { HistoryLimits } from "./history-ring.js";
import type { Scope, WatchOptions } from "./interface.js";
import { StoreProgress } from "./store-progress.js";
import { KindCache } from "./watch-cache.js";

interface PodFields {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeName?: string;
}

const keyFor = (name: string, namespace = "default"): string => storeKey(podKind, { namespace, name });

function podBytes(name: string, { namespace = "default", labels = {}, nodeName }: PodFields = {}): Buffer {
  const spec = { containers: [{ name: "c", image: "busybox:1" }], ...(nodeName === undefined ? {} : { nodeName }) };
  return encodeObject(podKind, makeWhole(podKind, { metadata: { name, namespace, uid: `uid-${name}`, labels }, spec }));
}

function scope({ namespace = "", labels = "", fields = "" } = {}): Scope {
  return { namespace, labels: parseLabelSelector(labels), fields: parseFieldSelector(podKind, fields) };
}

/** A watch event in a form that reads well: "ADDED a@5", "BOOKMARK @7". */
function readable(buffer: Buffer): string {
  const { type, object } = WatchResponse.decode(buffer);
  const { name, resourceVersion, annotations } = unpackAny(podKind, object).metadata;
  return `${EventType[type]} ${name}@${resourceVersion}${annotations[initialEventsEnd] === "true" ? " end" : ""}`;
}

/** Reads a watch one message at a time. */
class Reader {
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
    const seen: string[] = [];
    while (seen.length < count) seen.push(readable(await this.raw()));
    return seen;
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

describe("KindCache", () => {
  let store: MemoryStore;
  let clock: FakeClock;
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(() => {
    store = new MemoryStore();
    clock = new FakeClock();
    stop = new AbortController();
    running = Promise.resolve();
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  async function start(options: { history?: HistoryLimits; watcherBudgetBytes?: number } = {}): Promise<KindCache> {
    const metrics = createCacheMetrics(createMetrics({ process: false }));
    const progress = new StoreProgress(store, clock);
    const cache = new KindCache(podKind, {
      store,
      progress,
      clock,
      random: () => 0.5,
      log: createLog("test", "silent"),
      metrics,
      ...options,
    });
    running = cache.run(stop.signal);
    const ready = cache.ready(stop.signal);
    // The first request for progress may come before the watch is open; the next one is answered.
    await clock.advance(200);
    await ready;
    return cache;
  }

  function watch(cache: KindCache, from: Partial<WatchOptions> = {}, of: Scope = scope()): Reader {
    return new Reader(cache.watch(of, { markInitialEnd: false, bookmarks: false, signal: stop.signal, ...from }));
  }

  const latest = { kind: "latest" } as const;
  const any = { kind: "any" } as const;

  it("lists what was there, with the revisions spliced in", async () => {
    const first = await store.create(keyFor("b"), podBytes("b"));
    const second = await store.create(keyFor("a"), podBytes("a"));
    const cache = await start();

    const { objects, revision } = await cache.list(scope(), any, stop.signal);

    expect(objects.map(({ object }) => `${object.metadata.name}@${object.metadata.resourceVersion}`)).to.deep.equal([
      `a@${second}`,
      `b@${first}`,
    ]);
    expect(revision).to.equal(second);
  });

  it("shows every write acknowledged before a read for the latest", async () => {
    const cache = await start();
    for (let index = 0; index < 20; index++) {
      await store.create(keyFor(`p${index}`), podBytes(`p${index}`));
      const { found } = await cache.get(keyFor(`p${index}`), latest, stop.signal);
      expect(found?.object.metadata.name).to.equal(`p${index}`);
    }
  });

  it("lets reads that come together share one look at the store's revision", async () => {
    const cache = await start();
    await store.create(keyFor("a"), podBytes("a"));
    const before = store.calls.currentRevision;

    await Promise.all(Array.from({ length: 50 }, () => cache.get(keyFor("a"), latest, stop.signal)));

    expect(store.calls.currentRevision - before).to.equal(1);
    expect(store.calls.get).to.equal(0);
  });

  it("reads the store when it cannot catch up in time", async () => {
    const cache = await start();
    store.withholdsProgress = true;
    await store.create("/registry/other/things/x", Buffer.from("x"));

    const reading = cache.get(keyFor("a"), latest, stop.signal);
    await clock.advance(3_000);

    expect((await reading).found).to.equal(undefined);
    expect(store.calls.get).to.equal(1);
  });

  it("is unavailable for the latest while the store is, and serves the rest", async () => {
    await store.create(keyFor("a"), podBytes("a"));
    const cache = await start();
    store.isUnavailable = true;

    const refusal = await cache.get(keyFor("a"), latest, stop.signal).catch((error: unknown) => error);

    expect(isUnavailable(refusal)).to.equal(true);
    expect((await cache.get(keyFor("a"), any, stop.signal)).found?.object.metadata.name).to.equal("a");
  });

  it("waits for a revision that is yet to come, and then says that it is", async () => {
    const cache = await start();
    const wanted = { kind: "notOlderThan", revision: 3 } as const;
    const early = [
      cache.list(scope(), wanted, stop.signal),
      cache.get(keyFor("a"), wanted, stop.signal),
      watch(cache, { freshness: wanted, markInitialEnd: true }).next(),
    ].map((reading) => reading.catch((error: unknown) => error));
    await clock.advance(3_000);
    for (const refusal of await Promise.all(early)) {
      expect(refusal).to.include({ reason: "Timeout", message: "Too large resource version: 3, current: 1", retryAfterSeconds: 1 });
    }

    const inTime = watch(cache, { freshness: wanted, markInitialEnd: true }).next(3);
    await store.create(keyFor("a"), podBytes("a"));
    await store.create(keyFor("b"), podBytes("b"));
    expect(await inTime).to.deep.equal(["ADDED a@2", "ADDED b@3", "BOOKMARK @3 end"]);
  });

  it("gives at most as many objects as asked for, and says what remains", async () => {
    for (const name of ["a", "b", "c", "d"]) {
      await store.create(keyFor(name), podBytes(name, { labels: { odd: String(name === "a" || name === "c") } }));
    }
    const cache = await start();
    const page = async (limit: number, labels = ""): Promise<string> => {
      const { objects, remaining } = await cache.list(scope({ labels }), any, stop.signal, limit);
      return `${objects.map(({ object }) => object.metadata.name).join("")} ${remaining}`;
    };

    expect([await page(0), await page(3), await page(4), await page(9)]).to.deep.equal(["abcd 0", "abc 1", "abcd 0", "abcd 0"]);
    expect([await page(1, "odd=true"), await page(2, "odd=true")]).to.deep.equal(["a 2", "ac 0"]);
  });

  it("gives a watch the present first, marks its end, and goes on with changes", async () => {
    await store.create(keyFor("a"), podBytes("a"));
    const cache = await start();
    const reader = watch(cache, { markInitialEnd: true });

    expect(await reader.next(2)).to.deep.equal(["ADDED a@2", "BOOKMARK @2 end"]);

    const created = await store.create(keyFor("b"), podBytes("b"));
    const updated = await store.update(keyFor("b"), podBytes("b", { labels: { x: "1" } }), created);
    const deleted = await store.delete(keyFor("b"), updated);

    expect(await reader.next(3)).to.deep.equal([`ADDED b@${created}`, `MODIFIED b@${updated}`, `DELETED b@${deleted}`]);
  });

  it("hands every watcher the same Buffer", async () => {
    const cache = await start();
    const readers = [watch(cache), watch(cache, {}, scope({ namespace: "default" })), watch(cache, {}, scope({ labels: "x=1" }))];
    const messages = readers.map((reader) => reader.raw());
    await clock.advance(0);

    await store.create(keyFor("a"), podBytes("a", { labels: { x: "1" } }));

    const [first, ...others] = await Promise.all(messages);
    for (const other of others) expect(other).to.equal(first);
  });

  const transitions = [
    { it: "begins to match labels", of: { labels: "on=yes" }, from: {}, to: { labels: { on: "yes" } }, sees: "ADDED a@3" },
    { it: "ceases to match labels", of: { labels: "on=yes" }, from: { labels: { on: "yes" } }, to: {}, sees: "DELETED a@3" },
    { it: "comes to a node", of: { fields: "spec.nodeName=n1" }, from: {}, to: { nodeName: "n1" }, sees: "ADDED a@3" },
    {
      it: "stays on its node",
      of: { fields: "spec.nodeName=n1" },
      from: { nodeName: "n1" },
      to: { nodeName: "n1", labels: { x: "1" } },
      sees: "MODIFIED a@3",
    },
  ];
  for (const { it: does, of, from, to, sees } of transitions) {
    it(`tells of an object that ${does}: live, and to those who resume`, async () => {
      const cache = await start();
      const created = await store.create(keyFor("a"), podBytes("a", from));
      await cache.get(keyFor("a"), latest, stop.signal);
      const live = watch(cache, { after: created }, scope(of));
      const seenLive = live.next();
      await clock.advance(0);

      await store.update(keyFor("a"), podBytes("a", to), created);

      expect(await seenLive).to.deep.equal([sees]);
      expect(await watch(cache, { after: created }, scope(of)).next()).to.deep.equal([sees]);
    });
  }

  it("tells a watch nothing of other namespaces, labels and nodes", async () => {
    const cache = await start();
    const readers = [
      watch(cache, {}, scope({ namespace: "mine" })),
      watch(cache, {}, scope({ labels: "app=web" })),
      watch(cache, {}, scope({ fields: "spec.nodeName=n1" })),
      watch(cache, {}, scope({ fields: "metadata.name=wanted" })),
    ];
    const seen = readers.map((reader) => reader.next());
    await clock.advance(0);

    await store.create(keyFor("other", "yours"), podBytes("other", { namespace: "yours", nodeName: "n2", labels: { app: "db" } }));
    await store.create(keyFor("wanted", "mine"), podBytes("wanted", { namespace: "mine", nodeName: "n1", labels: { app: "web" } }));

    for (const first of await Promise.all(seen)) expect(first).to.deep.equal(["ADDED wanted@3"]);
  });

  it("resumes after a restart from what the store still remembers", async () => {
    const created = await store.create(keyFor("a"), podBytes("a"));
    const updated = await store.update(keyFor("a"), podBytes("a", { labels: { x: "1" } }), created);
    const deleted = await store.delete(keyFor("a"), updated);
    const cache = await start();

    expect(await watch(cache, { after: created }).next(2)).to.deep.equal([`MODIFIED a@${updated}`, `DELETED a@${deleted}`]);
  });

  const tooOld: readonly { it: string; history: HistoryLimits }[] = [
    { it: "compacted away", history: { maxChanges: 100, maxAgeMs: 60_000 } },
    { it: "more changes than are kept", history: { maxChanges: 2, maxAgeMs: 60_000 } },
  ];
  for (const { it: what, history } of tooOld) {
    it(`refuses to resume from before history that is ${what}`, async () => {
      const revisions: number[] = [];
      for (const name of ["a", "b", "c", "d"]) revisions.push(await store.create(keyFor(name), podBytes(name)));
      const [first = 0, second = 0] = revisions;
      await store.compact(second);
      const cache = await start({ history });

      expect(await watch(cache, { after: first }).failure()).to.include({
        reason: "Expired",
        message: `too old resource version: ${first} (${second})`,
      });
      expect(await watch(cache, { after: second }).next(2)).to.deep.equal([`ADDED c@${second + 1}`, `ADDED d@${second + 2}`]);
    });
  }

  it("forgets history by age when new changes come in", async () => {
    const cache = await start({ history: { maxChanges: 100, maxAgeMs: 60_000 } });
    const first = await store.create(keyFor("a"), podBytes("a"));
    await store.create(keyFor("b"), podBytes("b"));
    await cache.get(keyFor("b"), latest, stop.signal);
    await clock.advance(61_000);
    await store.create(keyFor("c"), podBytes("c"));
    await cache.get(keyFor("c"), latest, stop.signal);

    expect(isExpired(await watch(cache, { after: first }).failure())).to.equal(true);
  });

  it("refuses a revision that the store has never had", async () => {
    const cache = await start();
    expect(isExpired(await watch(cache, { after: 1_000 }).failure())).to.equal(true);
  });

  it("goes on where it was when the store's watch breaks", async () => {
    const cache = await start();
    const reader = watch(cache);
    const seen = reader.next(2);
    await clock.advance(0);
    await store.create(keyFor("a"), podBytes("a"));
    await clock.advance(0);
    store.breakWatches(new StoreUnavailableError("cut"));
    await store.create(keyFor("b"), podBytes("b"));
    await clock.advance(10_000);

    expect(await seen).to.deep.equal(["ADDED a@2", "ADDED b@3"]);
    expect(store.calls.list).to.equal(1);
  });

  it("lists anew, and tells watchers what they missed, when the store has forgotten where it was", async () => {
    const gone = await store.create(keyFor("gone"), podBytes("gone"));
    const changed = await store.create(keyFor("changed"), podBytes("changed"));
    await store.create(keyFor("same"), podBytes("same"));
    const cache = await start();
    const reader = watch(cache, { after: 4 });
    const seen = reader.next(3);
    await clock.advance(0);

    store.breakWatches(new StoreUnavailableError("cut"));
    const deleted = await store.delete(keyFor("gone"), gone);
    const updated = await store.update(keyFor("changed"), podBytes("changed", { labels: { x: "1" } }), changed);
    const added = await store.create(keyFor("new"), podBytes("new"));
    await store.compact(added);
    await clock.advance(10_000);

    expect(await seen).to.deep.equal(["DELETED gone@4", `MODIFIED changed@${updated}`, `ADDED new@${added}`]);
    // Of the deletion's own revision nothing is known any more: nobody may resume from before the list.
    expect(isExpired(await watch(cache, { after: deleted }).failure())).to.equal(true);
    const { objects } = await cache.list(scope(), latest, stop.signal);
    expect(objects.map(({ object }) => object.metadata.name)).to.deep.equal(["changed", "new", "same"]);
  });

  it("sends bookmarks with a confirmed revision, and none while the store does not confirm", async () => {
    const cache = await start();
    const reader = watch(cache, { bookmarks: true });
    const first = reader.next();
    await clock.advance(0);
    const elsewhere = await store.create("/registry/other/things/x", Buffer.from("x"));
    await clock.advance(10_000);
    expect(await first).to.deep.equal([`BOOKMARK @${elsewhere}`]);

    store.withholdsProgress = true;
    const second = reader.next();
    const later = await store.create("/registry/other/things/y", Buffer.from("y"));
    await clock.advance(30_000);
    store.withholdsProgress = false;
    await clock.advance(13_000);
    expect(await second).to.deep.equal([`BOOKMARK @${later}`]);
  });

  it("ends a watch by itself after 30 to 60 minutes, with a last bookmark", async () => {
    store.withholdsProgress = false;
    const cache = await start();
    const reader = watch(cache, { bookmarks: true });
    const messages: string[] = [];
    const reading = (async () => {
      for (;;) {
        try {
          messages.push(...(await reader.next()));
        } catch (_ended: unknown) {
          return;
        }
      }
    })();
    await clock.advance(44 * 60_000);
    const before = messages.length;
    expect(before).to.be.greaterThan(0);
    await clock.advance(2 * 60_000);
    await reading;
    expect(messages.at(-1)).to.equal("BOOKMARK @1");
  });

  it("ends a watch when it was asked to, with a last bookmark", async () => {
    const cache = await start();
    const reader = watch(cache, { bookmarks: true, timeoutMs: 7_000 });
    const last = reader.next();
    await clock.advance(6_999);
    await store.create("/registry/other/things/x", Buffer.from("x"));
    await store.requestProgress();
    await clock.advance(1);
    expect(await last).to.deep.equal(["BOOKMARK @2"]);
    expect(await reader.ended()).to.equal(true);
  });

  it("ends a watch that is not read with a status to resume on, and holds nothing for it", async () => {
    const cache = await start({ watcherBudgetBytes: 2_000 });
    const slow = watch(cache);
    const fast = watch(cache);
    const first = slow.next();
    const all = fast.next(100);
    await clock.advance(0);
    for (let index = 0; index < 100; index++) {
      await store.create(keyFor(`p${index}`), podBytes(`p${index}`));
      await clock.advance(0);
    }

    expect(await first).to.deep.equal(["ADDED p0@2"]);
    expect(isTooManyRequests(await slow.failure())).to.equal(true);
    expect(await all).to.have.length(100);
    expect(await watch(cache, { after: 2 }).next()).to.deep.equal(["ADDED p1@3"]);
  });

  it("ends a watch when its reader leaves", async () => {
    const cache = await start();
    const leave = new AbortController();
    const reader = watch(cache, { signal: leave.signal });
    const failure = reader.failure();
    await clock.advance(0);
    leave.abort();
    expect((await failure) as Error).to.have.property("name", "AbortError");
  });
});
