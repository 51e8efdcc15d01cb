import { expect } from "chai";
import { deferred } from "./abort.js";
import { runInOrder, type Stage } from "./lifecycle.js";

describe("runInOrder", () => {
  const untilAborted = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

  const stageNamed = (name: string, diary: string[], ready?: Stage["ready"]): Stage => ({
    runnable: {
      name,
      run: async (signal) => {
        diary.push(`${name} starts`);
        await untilAborted(signal);
        diary.push(`${name} stops`);
      },
    },
    ...(ready === undefined ? {} : { ready }),
  });

  it("starts in order and stops in reverse order", async () => {
    const diary: string[] = [];
    const stop = new AbortController();

    await runInOrder([stageNamed("store", diary), stageNamed("server", diary)], stop.signal, () => stop.abort());

    expect(diary).to.deep.equal(["store starts", "server starts", "server stops", "store stops"]);
  });

  it("starts a stage only when the one before is ready", async () => {
    const diary: string[] = [];
    const stop = new AbortController();
    const listening = deferred();
    const ready = async (): Promise<void> => {
      await listening.promise;
      diary.push("server is ready");
    };

    const ran = runInOrder([stageNamed("server", diary, ready), stageNamed("node", diary)], stop.signal, () => stop.abort());
    expect(diary).to.deep.equal(["server starts"]);
    listening.resolve();
    await ran;

    expect(diary.slice(0, 3)).to.deep.equal(["server starts", "server is ready", "node starts"]);
  });

  it("stops the others and rejects when a stage fails", async () => {
    const diary: string[] = [];
    const failing: Stage = { runnable: { name: "server", run: () => Promise.reject(new Error("port in use")) } };

    const error: unknown = await runInOrder([stageNamed("store", diary), failing], new AbortController().signal).catch((e: unknown) => e);

    expect(error).to.have.property("message", "port in use");
    expect(diary).to.deep.equal(["store starts", "store stops"]);
  });

  it("does not wait for the readiness of a stage that has failed", async () => {
    const failing: Stage = {
      runnable: { name: "server", run: () => Promise.reject(new Error("port in use")) },
      ready: () => new Promise(() => undefined),
    };

    const error: unknown = await runInOrder([failing], new AbortController().signal).catch((e: unknown) => e);

    expect(error).to.have.property("message", "port in use");
  });

  it("takes a stage's ending by itself for a failure", async () => {
    const short: Stage = { runnable: { name: "scheduler", run: () => Promise.resolve() } };

    const error: unknown = await runInOrder([short], new AbortController().signal).catch((e: unknown) => e);

    expect(error).to.have.property("message", "scheduler ended by itself");
  });

  it("stops while a stage is still getting ready", async () => {
    const diary: string[] = [];
    const stop = new AbortController();
    const never = (): Promise<void> => new Promise(() => undefined);

    const ran = runInOrder([stageNamed("server", diary, never), stageNamed("node", diary)], stop.signal);
    stop.abort();
    await ran;

    expect(diary).to.deep.equal(["server starts", "server stops"]);
  });
});
