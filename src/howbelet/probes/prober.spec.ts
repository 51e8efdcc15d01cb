import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { deferred } from "../../base/abort.js";
import { failed, type ProbeResult } from "./probe-result.js";
import { Prober } from "./prober.js";

const success: ProbeResult = { outcome: "success", message: "" };

describe("Prober", () => {
  let clock: FakeClock;
  let checkedAt: number[];
  let results: string[];
  let probers: Prober[];

  beforeEach(() => {
    clock = new FakeClock();
    checkedAt = [];
    results = [];
    probers = [];
  });
  afterEach(() => {
    for (const prober of probers) prober.stop();
  });

  function start(check: (signal: AbortSignal) => Promise<ProbeResult>, firstInMs = 0): Prober {
    const prober = new Prober({
      clock,
      firstInMs,
      periodMs: 1_000,
      check: (signal) => {
        checkedAt.push(clock.monotonicMs());
        return check(signal);
      },
      checked: ({ outcome, message }) => results.push(`${outcome} ${message}`.trim()),
      broken: (error) => results.push(`broken: ${error instanceof Error ? error.message : String(error)}`),
    });
    probers.push(prober);
    return prober;
  }

  it("checks at once, and then once a period", async () => {
    start(() => Promise.resolve(success));
    await clock.advance(2_500);
    expect(checkedAt).to.deep.equal([0, 1_000, 2_000]);
    expect(results).to.deep.equal(["success", "success", "success"]);
  });

  it("waits before the first check", async () => {
    start(() => Promise.resolve(success), 700);
    await clock.advance(1_800);
    expect(checkedAt).to.deep.equal([700, 1_700]);
  });

  it("makes one check at a time, the next as soon as the one before is over when that took long", async () => {
    start(async (signal) => {
      await clock.sleep(1_500, signal);
      return failed("slow");
    });
    await clock.advance(3_100);
    expect(checkedAt).to.deep.equal([0, 1_500, 3_000]);
  });

  it("goes on after a check that could not be made", async () => {
    start(() => Promise.reject(new Error("away")));
    await clock.advance(1_000);
    expect(results).to.deep.equal(["broken: away", "broken: away"]);
  });

  it("tells nothing once it is stopped, and ends the check under way", async () => {
    const answer = deferred<ProbeResult>();
    let seen: AbortSignal | undefined;
    const prober = start((signal) => {
      seen = signal;
      return answer.promise;
    });
    await clock.advance(0);
    prober.stop();
    answer.resolve(success);
    await clock.advance(5_000);
    expect(seen?.aborted).to.equal(true);
    expect({ results, checks: checkedAt.length, timers: clock.pending }).to.deep.equal({ results: [], checks: 1, timers: 0 });
  });
});
