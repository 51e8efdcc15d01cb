import { expect } from "chai";
import { deferred } from "../base/abort.js";
import { runInOrder } from "../base/lifecycle.js";
import { createLog } from "../base/log.js";
import { outlived } from "./outlived-stage.js";

describe("outlived", () => {
  const log = createLog("test", "silent");
  const failing = (failure: Promise<void>) => ({ name: "node", run: () => failure });

  it("lets the others go on when the part fails after it was ready", async () => {
    const failure = deferred();
    const stop = new AbortController();
    const ready = deferred();
    const ran = runInOrder([outlived(failing(failure.promise), async () => undefined, log)], stop.signal, ready.resolve);
    await ready.promise;
    failure.reject(new Error("deleted"));
    await failure.promise.catch((_expected: unknown) => undefined);
    stop.abort();

    expect(await ran).to.equal(undefined);
  });

  it("fails when the part fails before it was ready", async () => {
    const stage = outlived(failing(Promise.reject(new Error("no engine"))), () => new Promise(() => undefined), log);
    const error: unknown = await runInOrder([stage], new AbortController().signal).catch((failure: unknown) => failure);
    expect(error).to.have.property("message", "no engine");
  });
});
