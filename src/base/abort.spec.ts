import { expect } from "chai";
import { abortable, isAbort } from "./abort.js";

describe("abortable", () => {
  const failure = new Error("late");

  for (const when of ["before it begins", "while it waits"] as const) {
    it(`leaves nobody a rejection to handle when it is aborted ${when}`, async () => {
      const unhandled: unknown[] = [];
      const note = (error: unknown): void => void unhandled.push(error);
      // Those that mocha has would end the test before it can say what is wrong.
      const listeners = process.rawListeners("unhandledRejection") as ((error: unknown) => void)[];
      process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
      try {
        const aborting = new AbortController();
        const work = new Promise<never>((_resolve, reject) => setImmediate(() => reject(failure)));
        if (when === "before it begins") aborting.abort();

        const waiting = abortable(work, aborting.signal).catch((error: unknown) => error);
        aborting.abort();

        expect(isAbort(await waiting)).to.equal(true);
        // The work fails in the first turn; what nobody handled is told at the end of it.
        for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
        expect(unhandled).to.deep.equal([]);
      } finally {
        process.removeListener("unhandledRejection", note);
        for (const listener of listeners) process.on("unhandledRejection", listener);
      }
    });
  }

  it("settles as its promise does when nobody aborts", async () => {
    const { signal } = new AbortController();

    expect(await abortable(Promise.resolve(1), signal)).to.equal(1);
    expect(await abortable(Promise.reject(failure), signal).catch((error: unknown) => error)).to.equal(failure);
  });
});
