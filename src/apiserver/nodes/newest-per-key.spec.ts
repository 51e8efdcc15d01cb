import { expect } from "chai";
import { isAbort } from "../../base/abort.js";
import { NewestPerKey } from "./newest-per-key.js";

describe("NewestPerKey", () => {
  const { signal } = new AbortController();

  it("keeps the newest of each key, in the order in which keys came", async () => {
    const queue = new NewestPerKey<number>();
    queue.put("a", 1);
    queue.put("b", 2);
    queue.put("a", 3);

    expect(queue.size).to.equal(2);
    expect(await queue.take(signal)).to.deep.equal({ key: "a", value: 3 });
    expect(await queue.take(signal)).to.deep.equal({ key: "b", value: 2 });
  });

  it("gives a key to one taker at a time", async () => {
    const queue = new NewestPerKey<number>();
    queue.put("a", 1);
    await queue.take(signal);
    queue.put("a", 2);
    queue.put("b", 3);
    expect(await queue.take(signal)).to.deep.equal({ key: "b", value: 3 });

    const next = queue.take(signal);
    queue.done("a");
    expect(await next).to.deep.equal({ key: "a", value: 2 });
  });

  it("puts back only what is still the newest", async () => {
    const queue = new NewestPerKey<number>();
    queue.put("a", 1);
    const { value } = await queue.take(signal);
    queue.put("a", 2);
    queue.putBack("a", value);
    queue.done("a");

    expect(await queue.take(signal)).to.deep.equal({ key: "a", value: 2 });
  });

  it("is drained only when the last work is done", async () => {
    const queue = new NewestPerKey<number>();
    queue.put("a", 1);
    const diary: string[] = [];
    const drained = queue.drained(signal).then(() => diary.push("drained"));
    await queue.take(signal);
    diary.push("taken");
    queue.done("a");
    await drained;

    expect(diary).to.deep.equal(["taken", "drained"]);
  });

  it("stops waiting when told to", async () => {
    const stop = new AbortController();
    const waiting = new NewestPerKey<number>().take(stop.signal).catch((error: unknown) => error);
    stop.abort();
    expect(await waiting).to.satisfy(isAbort);
  });
});
