import { expect } from "chai";
import { Turns } from "./turns.js";

describe("Turns", () => {
  const never = new AbortController().signal;

  it("come one after another, in the order in which they were asked for", async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const act = async (name: string): Promise<void> => {
      const end = await turns.take("key", never);
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      end();
    };
    await Promise.all([act("a"), act("b"), act("c")]);
    expect(seen).to.deep.equal(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("of different keys do not wait for each other", async () => {
    const turns = new Turns();
    await turns.take("one", never);
    (await turns.take("other", never))();
  });

  it("pass by who has given up waiting", async () => {
    const turns = new Turns();
    const end = await turns.take("key", never);
    const impatient = new AbortController();
    const given = turns.take("key", impatient.signal).catch((error: unknown) => error);
    const next = turns.take("key", never);
    impatient.abort();
    expect(await given).to.be.instanceOf(Error);
    end();
    (await next)();
  });
});
