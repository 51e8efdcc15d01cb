import { expect } from "chai";
import { failure } from "../../../test/fakes/failure.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { LimitedStream } from "./limited-stream.js";

async function* words(...all: readonly string[]): AsyncGenerator<string> {
  for (const word of all) {
    if (word === "broken") throw new Error("broken");
    yield word;
  }
}

describe("LimitedStream", () => {
  const clock = new FakeClock();
  let taken: number;

  beforeEach(() => {
    taken = 0;
  });

  function limited(initialEvents: number, open: () => AsyncIterable<string>): LimitedStream<string> {
    const enter = async () => {
      taken += 1;
      let isReleased = false;
      return () => {
        if (!isReleased) taken -= 1;
        isReleased = true;
      };
    };
    return new LimitedStream({ enter, open, initialEvents, count: (word) => word.split(" ").length, clock });
  }

  it("has its seats until the beginning is through", async () => {
    const stream = limited(2, () => words("a", "b", "c"));
    const seen: unknown[] = [];
    for await (const word of stream) seen.push([word, taken]);

    expect(seen).to.deep.equal([
      ["a", 1],
      ["b", 0],
      ["c", 0],
    ]);
    expect(clock.pending).to.equal(0);
  });

  it("counts all that a message carries", async () => {
    const seen: unknown[] = [];
    for await (const word of limited(3, () => words("a", "b c", "d"))) seen.push([word, taken]);

    expect(seen).to.deep.equal([
      ["a", 1],
      ["b c", 0],
      ["d", 0],
    ]);
  });

  it("gives them back at once when nothing comes at the beginning", async () => {
    const quiet = limited(0, () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }));
    void quiet.next();
    await clock.advance(0);

    expect(taken).to.equal(0);
  });

  it("gives them back when the stream fails", async () => {
    const stream = limited(5, () => words("a", "broken"));
    await stream.next();

    expect(await failure(stream.next())).to.have.property("message", "broken");
    expect(taken).to.equal(0);
  });

  it("gives them back when the stream ends early, and when its reader leaves", async () => {
    for await (const _ of limited(5, () => words("a")));
    expect(taken).to.equal(0);

    for await (const _ of limited(5, () => words("a", "b"))) break;
    expect(taken).to.equal(0);
  });

  it("does not let a slow reader keep them", async () => {
    const stream = limited(5, () => words("a", "b"));
    await stream.next();
    expect(taken).to.equal(1);
    await clock.advance(5_000);

    expect(taken).to.equal(0);
    expect((await stream.next()).value).to.equal("b");
  });

  it("does not open for a reader that has left", async () => {
    const stream = limited(5, () => {
      throw new Error("opened");
    });
    await stream.return();

    expect((await stream.next()).done).to.equal(true);
    expect(taken).to.equal(0);
  });
});
