import { expect } from "chai";
import type { FakeClock } from "../../../test/fakes/fake-clock.js";
import type { MemoryStore } from "../../../test/fakes/memory-store.js";
import { keyFor, PodCache, podBytes, scope } from "../../../test/fakes/pod-cache.js";
import { isUnavailable } from "../../api/errors.js";

describe("KindCache", () => {
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
});
