import { expect } from "chai";
import { isAbort } from "../base/abort.js";
import { FairQueue } from "./fair-queue.js";

const live = new AbortController().signal;

describe("FairQueue", () => {
  it("hands keys out in the order in which they began to wait, each once", async () => {
    const queue = new FairQueue();
    for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);

    expect([await queue.take(live), await queue.take(live), await queue.take(live)]).to.deep.equal(["a", "b", "c"]);
    expect(queue.size).to.equal(0);
  });

  it("does not hand out a key that is being worked on, and hands it out again when it was added meanwhile", async () => {
    const queue = new FairQueue();
    queue.add("a");
    await queue.take(live);
    queue.add("a");
    queue.add("a");
    queue.add("b");
    expect(await queue.take(live)).to.equal("b");
    expect(queue.size).to.equal(0);

    queue.done("a");

    expect(await queue.take(live)).to.equal("a");
    queue.done("a");
    expect(queue.size).to.equal(0);
  });

  it("keeps a key that is worked on from a waiting taker", async () => {
    const queue = new FairQueue();
    queue.add("a");
    await queue.take(live);
    const waiting = queue.take(live);
    queue.add("a");
    queue.add("b");

    expect(await waiting).to.equal("b");
  });

  it("takes nothing for a taker that was aborted", async () => {
    const queue = new FairQueue();
    const control = new AbortController();
    const aborted = queue.take(control.signal).catch((error: unknown) => error);
    const second = queue.take(live);
    control.abort();
    queue.add("a");

    expect(isAbort(await aborted)).to.equal(true);
    expect(await second).to.equal("a");
  });
});
