import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
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

  it("keeps apart what namespaces keep apart", async () => {
    queue.add({ namespace: "a", name: "x" });
    queue.add({ namespace: "", name: "x" });

    expect([await queue.take(live), await queue.take(live)]).to.deep.equal([
      { namespace: "a", name: "x" },
      { namespace: "", name: "x" },
    ]);
  });
});
