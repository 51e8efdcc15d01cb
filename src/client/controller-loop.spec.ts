import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { formatKey, type ObjectKey } from "../api/object.js";
import { type Deferred, deferred } from "../base/abort.js";
import { InvariantError } from "../base/invariant.js";
import { createLog } from "../base/log.js";
import type { Result } from "./contracts.js";
import { runReconciler, TerminalError } from "./controller-loop.js";
import { createWorkQueue, type WorkQueue } from "./work-queue.js";

const web = { namespace: "default", name: "web" };
const db = { namespace: "default", name: "db" };

describe("runReconciler", () => {
  let clock: FakeClock;
  let queue: WorkQueue;
  let stop: AbortController;
  let running: Promise<void>;
  const seen: string[] = [];

  const start = (reconcile: (key: ObjectKey, signal: AbortSignal) => Promise<Result>, workers = 2): void => {
    const reconciler = {
      reconcile: async (key: ObjectKey, signal: AbortSignal) => {
        seen.push(formatKey(key));
        return await reconcile(key, signal);
      },
    };
    running = runReconciler({ name: "test", queue, reconciler, workers, log: createLog("test", "silent") }, stop.signal);
  };

  beforeEach(() => {
    clock = new FakeClock();
    queue = createWorkQueue({ clock });
    stop = new AbortController();
    running = Promise.resolve();
    seen.length = 0;
  });

  afterEach(async () => {
    stop.abort();
    await running.catch(() => undefined);
  });

  it("retries what throws, with growing waits, until it succeeds", async () => {
    const outcomes = [new Error("one"), new Error("two"), undefined];
    start(async () => {
      const failure = outcomes.shift();
      if (failure !== undefined) throw failure;
      return {};
    });
    queue.add(web);

    await clock.advance(0);
    expect(seen).to.have.length(1);
    await clock.advance(5);
    expect(seen).to.have.length(2);
    await clock.advance(9);
    expect(seen).to.have.length(2);
    await clock.advance(1);
    expect(seen).to.have.length(3);
    await clock.advance(10_000_000);

    expect(seen).to.have.length(3);
  });

  it("gives up on a TerminalError until the key is added again", async () => {
    start(async () => {
      throw new TerminalError("no use");
    });
    queue.add(web);
    await clock.advance(10_000_000);
    expect(seen).to.have.length(1);

    queue.add(web);
    await clock.advance(0);

    expect(seen).to.have.length(2);
  });

  it("comes back after requeueAfterMs", async () => {
    start(async () => (seen.length === 1 ? { requeueAfterMs: 1_000 } : {}));
    queue.add(web);
    await clock.advance(999);
    expect(seen).to.have.length(1);

    await clock.advance(1);

    expect(seen).to.have.length(2);
  });

  it("works on different keys at once and on one key never twice at once", async () => {
    const gates = new Map<string, Deferred<void>>();
    const open = new Set<string>();
    const overlaps: string[] = [];
    start(async (key) => {
      const text = formatKey(key);
      if (open.has(text)) overlaps.push(text);
      open.add(text);
      const gate = deferred();
      gates.set(text, gate);
      await gate.promise;
      open.delete(text);
      return {};
    });
    queue.add(web);
    await clock.advance(0);
    queue.add(web);
    queue.add(db);
    await clock.advance(0);
    expect([...open]).to.deep.equal(["default/web", "default/db"]);

    gates.get("default/web")?.resolve();
    await clock.advance(0);
    gates.get("default/web")?.resolve();
    gates.get("default/db")?.resolve();
    await clock.advance(0);

    expect(seen).to.deep.equal(["default/web", "default/db", "default/web"]);
    expect(overlaps).to.deep.equal([]);
  });

  it("ends when stopped, after the reconcile under way has ended", async () => {
    const entered = deferred();
    const gate = deferred();
    let ended = false;
    start(async () => {
      entered.resolve();
      await gate.promise;
      ended = true;
      return {};
    });
    queue.add(web);
    await entered.promise;

    stop.abort();
    gate.resolve();
    await running;

    expect(ended).to.equal(true);
  });

  it("ends with a broken invariant, and stops its other workers", async () => {
    start(async (key, signal) => {
      if (key.name === "web") throw new InvariantError("broken");
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      return {};
    });
    queue.add(db);
    queue.add(web);

    const error = await running.catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(InvariantError);
  });
});
