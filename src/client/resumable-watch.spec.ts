import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { expired, forbidden, internalError, isExpired, isForbidden, tooManyRequests, unavailable } from "../api/errors.js";
import { abortError, isAbort } from "../base/abort.js";
import { createLog } from "../base/log.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { WatchEvent } from "./contracts.js";
import { resumableWatch } from "./resumable-watch.js";

/** What a scripted stream does after its events: end, fail, or stay open. */
type Ending = "end" | "stay" | Error;
type Script = readonly (WatchEvent<Pod> | Ending | { readonly pauseMs: number })[];

const change = (type: "added" | "modified" | "deleted", name: string, resourceVersion: number): WatchEvent<Pod> => ({
  type,
  object: { ...pod({ name }), metadata: { ...pod({ name }).metadata, resourceVersion: String(resourceVersion) } },
});
const continued = (type: "added" | "modified", name: string, resourceVersion: number): WatchEvent<Pod> => ({
  ...change(type, name, resourceVersion),
  ...({ continued: true } as object),
});
const bookmark = (resourceVersion: number, initialEnd = false): WatchEvent<Pod> => ({
  type: "bookmark",
  resourceVersion: String(resourceVersion),
  initialEnd,
});
const show = (event: WatchEvent<Pod>): string =>
  event.type === "bookmark"
    ? `bookmark@${event.resourceVersion}`
    : `${event.type} ${event.object.metadata.name}@${event.object.metadata.resourceVersion}`;

describe("resumableWatch", () => {
  let clock: FakeClock;
  let stop: AbortController;
  let opened: (string | undefined)[];
  let openedAtMs: number[];
  let seen: string[];
  let ended: Promise<unknown>;
  let isConnected: boolean;

  async function* play(script: Script, signal: AbortSignal): AsyncGenerator<WatchEvent<Pod>> {
    for (const step of script) {
      if (step instanceof Error) throw step;
      if (step === "end") return;
      if (step !== "stay") {
        if ("pauseMs" in step) await clock.sleep(step.pauseMs, signal);
        else yield step;
      } else {
        await new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(abortError(signal)), { once: true });
        });
      }
    }
  }

  /** As a channel does it: waits for two seconds while there is no connection. */
  const connected = async (signal: AbortSignal): Promise<boolean> => {
    if (!isConnected) await clock.sleep(2_000, signal);
    return isConnected;
  };

  const watch = async (from: string | undefined, ...scripts: readonly Script[]): Promise<void> => {
    const left = [...scripts];
    const open = (resourceVersion: string | undefined, signal: AbortSignal): AsyncIterable<WatchEvent<Pod>> => {
      opened.push(resourceVersion);
      openedAtMs.push(clock.monotonicMs());
      return play(left.shift() ?? ["stay"], signal);
    };
    const consume = async (): Promise<void> => {
      const deps = { clock, random: () => 0.5, connected, closed: new AbortController().signal, log: createLog("test", "silent") };
      for await (const event of resumableWatch(open, from, stop.signal, deps)) seen.push(show(event));
    };
    ended = consume().catch((error: unknown) => error);
    await clock.advance(0);
  };

  beforeEach(() => {
    clock = new FakeClock();
    stop = new AbortController();
    isConnected = true;
    [opened, openedAtMs, seen] = [[], [], []];
  });

  afterEach(async () => {
    stop.abort();
    await ended;
  });

  const endings = [
    { it: "a planned end", ending: "end" as const },
    { it: "a lost connection", ending: unavailable("lost") },
    { it: "being too slow", ending: tooManyRequests("slow", 0) },
    { it: "a fault of the server", ending: internalError("fault") },
  ];
  for (const { it: what, ending } of endings) {
    it(`resumes after ${what} from the last change or bookmark`, async () => {
      await watch("10", [change("added", "a", 11), ending], [change("modified", "a", 12), bookmark(20), ending], ["stay"]);
      await clock.advance(1_000);

      expect(opened).to.deep.equal(["10", "11", "20"]);
      expect(seen).to.deep.equal(["added a@11", "modified a@12", "bookmark@20"]);
    });
  }

  it("resumes from before a resourceVersion of which it has seen only a part", async () => {
    await watch(
      "5",
      [change("added", "a", 6), continued("added", "b", 7), unavailable("cut")],
      [continued("added", "b", 7), change("added", "c", 7), unavailable("cut")],
    );
    await clock.advance(10_000);

    expect(opened).to.deep.equal(["5", "6", "7"]);
    expect(seen).to.deep.equal(["added a@6", "added b@7", "added b@7", "added c@7"]);
  });

  it("begins with the present state, then goes on after it", async () => {
    await watch(undefined, [change("added", "a", 3), change("added", "b", 2), bookmark(9, true), change("modified", "a", 10), "end"]);
    await clock.advance(1_000);

    expect(opened).to.deep.equal([undefined, "10"]);
    expect(seen).to.deep.equal(["added a@3", "added b@2", "bookmark@9", "modified a@10"]);
  });

  for (const from of ["", "0"]) {
    it(`takes ${JSON.stringify(from)} for the present state, which no resourceVersion in its midst stands for`, async () => {
      await watch(from, [change("added", "a", 9), "end"], [change("added", "a", 9), change("added", "b", 2), bookmark(10, true), "stay"]);
      await clock.advance(1_000);

      expect(opened).to.deep.equal([undefined, undefined]);
      expect(seen).to.deep.equal(["added a@9", "added b@2", "bookmark@10"]);
    });
  }

  it("repeats nothing, and misses no deletion, when the present state was cut short", async () => {
    await watch(
      undefined,
      [change("added", "a", 3), change("added", "b", 2), change("added", "c", 5), unavailable("lost")],
      [change("added", "a", 3), change("added", "c", 8), change("added", "d", 7), bookmark(9, true), "stay"],
    );
    await clock.advance(1_000);

    expect(opened).to.deep.equal([undefined, undefined]);
    expect(seen).to.deep.equal(["added a@3", "added b@2", "added c@5", "modified c@8", "added d@7", "deleted b@2", "bookmark@9"]);
  });

  const final = [
    { it: "Expired", error: expired(), is: isExpired },
    { it: "Forbidden", error: forbidden({ group: "", kind: "pods", name: "" }, "no"), is: isForbidden },
  ];
  for (const { it: what, error, is } of final) {
    it(`gives ${what} to its caller`, async () => {
      await watch("10", [error]);

      expect(is(await ended)).to.equal(true);
      expect(opened).to.have.length(1);
    });
  }

  it("ends with an abort error when its signal fires", async () => {
    await watch("10", ["stay"]);

    stop.abort();

    expect(isAbort(await ended)).to.equal(true);
  });

  it("tries again with growing waits, never longer than eight seconds", async () => {
    await watch("10", ...Array.from({ length: 30 }, (): Script => [unavailable("refused")]));
    await clock.advance(100_000);

    const waits = openedAtMs.slice(1).map((atMs, index) => atMs - (openedAtMs[index] ?? 0));
    expect(waits.slice(0, 8)).to.deep.equal([50, 100, 200, 400, 800, 1_600, 3_200, 4_000]);
    expect(Math.max(...waits)).to.equal(4_000);
  });

  it("is back as soon as there is a connection, however long there was none", async () => {
    isConnected = false;
    await watch("10", ...Array.from({ length: 12 }, (): Script => [unavailable("refused")]));
    for (let elapsed = 0; elapsed < 19_000; elapsed += 1_000) await clock.advance(1_000);
    isConnected = true;
    await clock.advance(1_000);
    const opening = opened.length;
    await clock.advance(50);

    expect(opened).to.have.length(opening + 1);
  });

  it("forgets past trouble after a healthy minute", async () => {
    const refused: Script = [unavailable("refused")];
    const healthy = Array.from({ length: 7 }, (_, index) => [{ pauseMs: 10_000 }, bookmark(11 + index)] as const).flat();
    await watch("10", refused, refused, refused, refused, [...healthy, unavailable("lost")], refused);
    for (let elapsed = 0; elapsed < 75_000; elapsed += 5_000) await clock.advance(5_000);

    const waits = openedAtMs.slice(1).map((atMs, index) => atMs - (openedAtMs[index] ?? 0));
    expect(waits.slice(0, 6)).to.deep.equal([50, 100, 200, 400, 70_050, 100]);
  });

  it("drops a stream that shows neither event nor bookmark for two bookmark periods", async () => {
    await watch("10", [bookmark(11), "stay"], ["stay"]);
    await clock.advance(24_999);
    expect(opened).to.deep.equal(["10"]);

    await clock.advance(1_000);

    expect(opened).to.deep.equal(["10", "11"]);
  });

  it("does not blame the stream for a consumer that takes its time", async () => {
    const events: Script = [change("added", "a", 11), change("added", "b", 12), "stay"];
    let streams = 0;
    const open = (_from: string | undefined, signal: AbortSignal): AsyncIterable<WatchEvent<Pod>> => {
      streams += 1;
      return play(events, signal);
    };
    const deps = { clock, random: () => 0.5, connected, closed: new AbortController().signal, log: createLog("test", "silent") };
    const watching = resumableWatch(open, "10", stop.signal, deps);
    ended = Promise.resolve();
    await watching.next();
    await clock.advance(120_000);

    const second = await watching.next();

    expect(second.value === undefined ? undefined : show(second.value)).to.equal("added b@12");
    expect(streams).to.equal(1);
    await watching.return(undefined);
    expect(clock.pending).to.equal(0);
  });
});
