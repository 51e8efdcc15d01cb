import { expect } from "chai";
import { deferred } from "../../base/abort.js";
import { SharedRead } from "./shared-read.js";

describe("SharedRead", () => {
  it("never gives a caller the answer of a read that began before it asked", async () => {
    let value = 1;
    const gates = [deferred(), deferred()];
    let reads = 0;
    const shared = new SharedRead(async () => {
      const seen = value;
      await gates[reads++]?.promise;
      return seen;
    });

    const first = shared.get();
    await Promise.resolve();
    await Promise.resolve();
    value = 2;
    const later = [shared.get(), shared.get()];
    for (const gate of gates) gate.resolve();

    expect(await first).to.equal(1);
    expect(await Promise.all(later)).to.deep.equal([2, 2]);
    expect(reads).to.equal(2);
  });

  it("goes on after a read that failed", async () => {
    let fails = true;
    const shared = new SharedRead(async () => {
      if (fails) throw new Error("away");
      return "here";
    });
    const failure = await shared.get().catch((error: unknown) => error);
    fails = false;
    expect(failure).to.be.instanceOf(Error);
    expect(await shared.get()).to.equal("here");
  });
});
