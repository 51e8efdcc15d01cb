import { expect } from "chai";
import type { FakeClock } from "../../../test/fakes/fake-clock.js";
import type { MemoryStore } from "../../../test/fakes/memory-store.js";
import { keyFor, PodCache, podBytes, type Reader, scope } from "../../../test/fakes/pod-cache.js";
import { SlowClock } from "../../../test/fakes/slow-clock.js";
import { unpackAny } from "../../api/codec/any.js";
import { isExpired, isTooManyRequests } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import { StoreUnavailableError } from "../errors.js";
import { countEvents } from "./event-encoder.js";
import type { HistoryLimits } from "./history-ring.js";

describe("KindCache's watches", () => {
  let pods: PodCache;
  let store: MemoryStore;
  let clock: FakeClock;
  let stop: AbortController;
  const start: PodCache["start"] = (options) => pods.start(options);
  const watch: PodCache["watch"] = (...options) => pods.watch(...options);

  beforeEach(() => {
    pods = new PodCache();
    ({ store, clock, stop } = pods);
  });
  afterEach(() => pods.end());

  const latest = { kind: "latest" } as const;

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

  it("serves the present while history is still being read, and whoever needs that waits for it", async () => {
    const created = await store.create(keyFor("a"), podBytes("a"));
    const updated = await store.update(keyFor("a"), podBytes("a", { labels: { x: "1" } }), created);
    store.withholdsProgress = true;
    const cache = await start();
    const { found } = await cache.get(keyFor("a"), latest, stop.signal);
    const resumed = watch(cache, { after: created }).next();
    const live = watch(cache, { after: updated }).next();
    await clock.advance(0);

    const deleted = await store.delete(keyFor("a"), updated);
    store.withholdsProgress = false;
    await clock.advance(1_000);

    expect(found?.revision).to.equal(updated);
    expect(await live).to.deep.equal([`DELETED a@${deleted}`]);
    expect(await resumed).to.deep.equal([`MODIFIED a@${updated}`]);
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

  it("holds nothing for a watch that is not read while it catches up", async () => {
    for (let index = 0; index < 10; index++) await store.create(keyFor(`p${index}`), podBytes(`p${index}`));
    const cache = await start({ watcherBudgetBytes: 2_000 });
    const slow = watch(cache, { markInitialEnd: true, bookmarks: true });
    expect(await slow.next()).to.deep.equal(["ADDED p0@2"]);
    for (let index = 10; index < 100; index++) {
      await store.create(keyFor(`p${index}`), podBytes(`p${index}`));
      await clock.advance(0);
    }
    expect(isTooManyRequests(await slow.failure())).to.equal(true);
  });

  it("does not end a watch by a bookmark that has not been read as far as the present", async () => {
    // More than a message carries.
    for (let index = 0; index < 1_000; index++) await store.create(keyFor(`p${index}`), podBytes(`p${index}`));
    const cache = await start();
    const slow = watch(cache, { markInitialEnd: true, bookmarks: true, timeoutMs: 5_000 });
    expect(await slow.next()).to.deep.equal(["ADDED p0@2"]);
    await clock.advance(5_000);
    expect(isTooManyRequests(await slow.failure())).to.equal(true);
  });

  it("hands what a reader is behind by to it in few messages, none of them large", async () => {
    const cache = await start();
    const slow = watch(cache);
    const alone = slow.raw();
    await clock.advance(0);
    for (let index = 0; index < 1_000; index++) {
      await store.create(keyFor(`p${index}`), podBytes(`p${index}`));
      await clock.advance(0);
    }
    const counts = [countEvents(await alone)];
    for (let told = 1; told < 1_000; told += counts.at(-1) ?? 0) {
      const message = await slow.raw();
      expect(message.length).to.be.lessThan(128 * 1024);
      counts.push(countEvents(message));
    }

    expect(counts[0]).to.equal(1);
    expect(counts.reduce((sum, count) => sum + count)).to.equal(1_000);
    expect(counts.length).to.be.lessThan(10);
  });

  describe("of what was stored at one revision", () => {
    /** So many pods, each a fifth of what fills a message. */
    const largePods = (first: number, count: number) =>
      Array.from({ length: count }, (_, nth) => {
        const name = `p${String(first + nth).padStart(3, "0")}`;
        return { key: keyFor(name), value: podBytes(name, { labels: { [name]: "x".repeat(13_000) } }) };
      });
    const versionsIn = (message: Buffer): readonly string[] =>
      WatchResponse.decode(message).events.map(({ object }) => unpackAny(podKind, object).metadata.resourceVersion);
    const apart = (messages: readonly (readonly string[])[]): readonly string[] =>
      [...new Set(messages.flat())].filter((version) => messages.filter((message) => message.includes(version)).length !== 1);
    const read = async (reader: Reader, events: number): Promise<readonly (readonly string[])[]> => {
      const messages: (readonly string[])[] = [];
      while (messages.flat().length < events) messages.push(versionsIn(await reader.raw()));
      return messages;
    };

    it("tells all in one message: live, and to those who resume", async () => {
      const cache = await start();
      const before = await store.currentRevision();
      const [live, selecting] = [watch(cache), watch(cache, {}, scope({ namespace: "default" }))];
      const first = [live.raw(), selecting.raw()];
      await clock.advance(0);
      store.writeTogether(largePods(0, 1));
      for (const message of first) expect(versionsIn(await message)).to.have.lengthOf(1);
      for (let written = 1; written < 43; written += 7) store.writeTogether(largePods(written, 7));
      await clock.advance(0);
      const resumed = watch(cache, { after: before });

      for (const messages of [await read(live, 42), await read(selecting, 42), await read(resumed, 43)]) {
        expect(messages.length).to.be.above(1);
        expect(apart(messages)).to.deep.equal([]);
      }
    });

    it("shows all or nothing to readers, however slowly it is taken in", async () => {
      pods = new PodCache(new SlowClock());
      ({ store, clock, stop } = pods);
      const cache = await start();
      const revision = store.writeTogether(largePods(0, 200));
      const counts: number[] = [];
      while (counts.at(-1) !== 200) {
        const { objects, revision: shown } = await cache.list(scope(), { kind: "any" }, stop.signal);
        expect(objects).to.have.lengthOf(shown >= revision ? 200 : 0);
        counts.push(objects.length);
        await new Promise((turn) => setImmediate(turn));
      }
    });

    it("tells all in one message what was missed, when it has to list anew", async () => {
      const cache = await start();
      const reader = watch(cache);
      const messages = read(reader, 20);
      await clock.advance(0);
      store.breakWatches(new StoreUnavailableError("cut"));
      for (let written = 0; written < 20; written += 10) store.writeTogether(largePods(written, 10));
      await store.compact(await store.currentRevision());
      await clock.advance(10_000);

      expect(apart(await messages)).to.deep.equal([]);
    });
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
