import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { createMetrics, type Metrics } from "../base/metrics.js";
import { createWorkQueue, type WorkQueue } from "./work-queue.js";

const key = { namespace: "default", name: "web" };
const live = new AbortController().signal;

describe("WorkQueue", () => {
  let clock: FakeClock;
  let queue: WorkQueue;

  beforeEach(() => {
    clock = new FakeClock();
    queue = createWorkQueue({ clock });
  });

  it("adds a key when its delay is over, not before", async () => {
    queue.addAfter(key, 100);
    await clock.advance(99);
    expect(queue.size).to.equal(0);

    await clock.advance(1);

    expect(await queue.take(live)).to.deep.equal(key);
  });

  const delays = [
    { it: "lets the earlier of two times count when it comes second", first: 200, second: 50, dueMs: 50 },
    { it: "lets the earlier of two times count when it comes first", first: 50, second: 200, dueMs: 50 },
  ];
  for (const { it: does, first, second, dueMs } of delays) {
    it(does, async () => {
      queue.addAfter(key, first);
      queue.addAfter(key, second);
      await clock.advance(dueMs);
      expect(queue.size).to.equal(1);
      queue.done(await queue.take(live));

      await clock.advance(1_000);

      expect(queue.size).to.equal(0);
    });
  }

  it("doubles the wait with each failure, up to a bound, until forgotten", async () => {
    const waits: number[] = [];
    const measure = async (): Promise<number> => {
      const startMs = clock.monotonicMs();
      queue.addRateLimited(key);
      while (queue.size === 0) await clock.advance(5);
      queue.done(await queue.take(live));
      return clock.monotonicMs() - startMs;
    };
    for (let failure = 0; failure < 4; failure += 1) waits.push(await measure());
    queue.forget(key);
    waits.push(await measure());

    expect(waits).to.deep.equal([5, 10, 20, 40, 5]);
  });

  it("never waits longer than a thousand seconds", async () => {
    for (let failure = 0; failure < 40; failure += 1) {
      queue.addRateLimited(key);
      await clock.advance(1_000_000);
      expect(queue.size).to.equal(1);
      queue.done(await queue.take(live));
    }
  });

  it("lets a hundred keys retry at once, and then ten a second", async () => {
    for (let index = 0; index < 150; index += 1) queue.addRateLimited({ namespace: "default", name: `web-${index}` });
    await clock.advance(5);
    expect(queue.size).to.equal(100);

    await clock.advance(1_995);
    expect(queue.size).to.equal(120);
    await clock.advance(3_000);
    expect(queue.size).to.equal(150);
  });

  it("does not hold up what did not fail when a great many fail", async () => {
    for (let index = 0; index < 1_000; index += 1) queue.addRateLimited({ namespace: "default", name: `web-${index}` });
    queue.add(key);

    expect(await queue.take(live)).to.deep.equal(key);
  });

  it("keeps apart what namespaces keep apart", async () => {
    queue.add({ namespace: "a", name: "x" });
    queue.add({ namespace: "", name: "x" });

    expect([await queue.take(live), await queue.take(live)]).to.deep.equal([
      { namespace: "a", name: "x" },
      { namespace: "", name: "x" },
    ]);
  });
});

describe("a WorkQueue's figures", () => {
  let clock: FakeClock;
  let queue: WorkQueue;
  let metrics: Metrics;

  beforeEach(() => {
    clock = new FakeClock();
    queue = createWorkQueue({ clock });
    metrics = createMetrics({ process: false });
  });

  /** The values shown, by name without prefix. */
  const figures = async (): Promise<Record<string, number>> => {
    const samples = (await metrics.render()).matchAll(/^howbernetes_workqueue_(\w+)\{controller="c"\} (\S+)$/gm);
    return Object.fromEntries([...samples].map(([, name, value]) => [name, Number(value)]));
  };

  it("say how many keys wait and began to, from before they were shown", async () => {
    for (const name of ["a", "b", "a"]) queue.add({ namespace: "", name });
    queue.show(metrics, "c");
    queue.add({ namespace: "", name: "c" });
    await queue.take(live);

    expect(await figures()).to.include({ depth: 2, adds_total: 3 });
  });

  it("say how long keys waited, be it for the work on them to end", async () => {
    queue.show(metrics, "c");
    queue.add(key);
    await clock.advance(3_000);
    await queue.take(live);
    queue.add(key);
    await clock.advance(4_000);
    expect(await figures()).to.include({ depth: 1, wait_seconds_sum: 3 });
    queue.done(key);
    await queue.take(live);

    expect(await figures()).to.include({ depth: 0, wait_seconds_sum: 7, wait_seconds_count: 2 });
  });

  it("count retries, and say how long the work under way has taken", async () => {
    queue.show(metrics, "c");
    queue.addRateLimited(key);
    await clock.advance(5);
    await queue.take(live);
    await clock.advance(90_000);
    expect(await figures()).to.include({ retries_total: 1, unfinished_seconds: 90 });

    queue.done(key);
    expect(await figures()).to.include({ unfinished_seconds: 0 });
  });

  it("add up over queues of one name, and leave nothing of a queue that has ended", async () => {
    const other = createWorkQueue({ clock });
    const hide = queue.show(metrics, "c");
    other.show(metrics, "c");
    queue.add(key);
    other.add(key);
    expect(await figures()).to.include({ depth: 2 });

    hide();
    queue.add({ namespace: "", name: "unseen" });
    expect(await figures()).to.include({ depth: 1, adds_total: 2 });
  });
});
