import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { deferred, isAbort } from "../base/abort.js";
import { Limiter } from "./limiter.js";

describe("Limiter", () => {
  const signal = new AbortController().signal;

  it("runs no more at once than it has slots, and the rest by priority", async () => {
    const limiter = new Limiter(2);
    const gates = [deferred(), deferred(), deferred(), deferred()];
    const started: number[] = [];
    const task = (index: number) => async (): Promise<void> => {
      started.push(index);
      await gates[index]?.promise;
    };
    const all = [
      limiter.run(1, signal, task(0)),
      limiter.run(1, signal, task(1)),
      limiter.run(1, signal, task(2)),
      limiter.run(0, signal, task(3)),
    ];
    await Promise.resolve();
    expect(started).to.deep.equal([0, 1]);

    gates[0]?.resolve();
    await all[0];
    await Promise.resolve();
    expect(started).to.deep.equal([0, 1, 3]);

    for (const gate of gates) gate.resolve();
    await Promise.all(all);
    expect(started).to.deep.equal([0, 1, 3, 2]);
  });

  it("gives the slot back when a task fails", async () => {
    const limiter = new Limiter(1);
    const failure = await limiter.run(0, signal, () => Promise.reject(new Error("no"))).catch((error: unknown) => error);

    expect(failure).to.be.an("error");
    expect(await limiter.run(0, signal, async () => "next")).to.equal("next");
  });

  it("lets slots learn from what has been done, and not from what has failed", async () => {
    const learnt: number[] = [];
    const clock = new FakeClock();
    const slots = { count: 1, finished: (_priority: number, tookMs: number) => learnt.push(tookMs) };
    const limiter = new Limiter(slots, clock);
    await limiter.run(0, signal, () => clock.advance(20));
    await limiter.run(0, signal, () => Promise.reject(new Error("no"))).catch((_expected: unknown) => undefined);

    expect(learnt).to.deep.equal([20]);
  });

  it("lets what waits go when its signal fires, and does not lose the slot", async () => {
    const limiter = new Limiter(1);
    const gate = deferred();
    const stop = new AbortController();
    const first = limiter.run(0, signal, () => gate.promise);
    const second = limiter.run(0, stop.signal, async () => "never").catch((error: unknown) => error);
    stop.abort();

    expect(isAbort(await second)).to.equal(true);
    gate.resolve();
    await first;
    expect(await limiter.run(0, signal, async () => "next")).to.equal("next");
  });
});
