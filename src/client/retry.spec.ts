import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { conflict, notFound, overBudget, tooManyRequests, unavailable } from "../api/errors.js";
import { isAbort } from "../base/abort.js";
import { type Repeatability, withRetries } from "./retry.js";

const subject = { group: "", kind: "pods", name: "x" };

describe("withRetries", () => {
  const run = async (repeatability: Repeatability, failures: readonly Error[], retryForMs = 30_000) => {
    const clock = new FakeClock();
    const left = [...failures];
    let attempts = 0;
    const result = withRetries(repeatability, undefined, { clock, random: () => 0.5, retryForMs }, async () => {
      attempts += 1;
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      return "answer";
    }).catch((error: unknown) => error);
    await clock.advance(60_000);
    return { result: await result, attempts };
  };
  const away = unavailable("away");
  const busy = tooManyRequests("busy", 2);
  const stale = conflict(subject);
  const held = overBudget("no pod to spare");

  const cases = [
    { it: "answers at once when all is well", repeatability: "once", failures: [], result: "answer", attempts: 1 },
    { it: "repeats a read while the server is away", repeatability: "repeatable", failures: [away, away], result: "answer", attempts: 3 },
    { it: "does not repeat a write of unknown fate", repeatability: "once", failures: [away], result: away, attempts: 1 },
    { it: "repeats a write that was refused for load", repeatability: "once", failures: [busy], result: "answer", attempts: 2 },
    { it: "does not repeat an eviction that a budget refuses", repeatability: "repeatable", failures: [held], result: held, attempts: 1 },
    { it: "does not repeat what was decided", repeatability: "repeatable", failures: [stale], result: stale, attempts: 1 },
    { it: "does not repeat what has no retry", repeatability: "repeatable", failures: [away], retryForMs: 0, result: away, attempts: 1 },
  ] as const;
  for (const { it: does, repeatability, failures, result, attempts, ...rest } of cases) {
    it(does, async () => {
      expect(await run(repeatability, failures, "retryForMs" in rest ? rest.retryForMs : undefined)).to.deep.equal({ result, attempts });
    });
  }

  it("waits as long as the server asks, and then some, so that not everybody comes back at once", async () => {
    const clock = new FakeClock();
    const attemptsAt: number[] = [];
    const result = withRetries("once", undefined, { clock, random: () => 0.5, retryForMs: 30_000 }, async () => {
      attemptsAt.push(clock.monotonicMs());
      if (attemptsAt.length < 3) throw busy;
    });
    await clock.advance(10_000);
    await result;

    expect(attemptsAt).to.deep.equal([0, 2_050, 4_150]);
  });

  it("gives up with the last error when its time is over", async () => {
    const outcome = await run(
      "repeatable",
      Array.from({ length: 1_000 }, () => away),
    );

    expect(outcome.result).to.equal(away);
    expect(outcome.attempts).to.be.within(5, 30);
  });

  it("stops waiting when aborted", async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const result = withRetries("repeatable", stop.signal, { clock, random: () => 0.5, retryForMs: 30_000 }, () => Promise.reject(away));
    const ended = result.catch((error: unknown) => error);
    await clock.advance(10);

    stop.abort();

    expect(isAbort(await ended)).to.equal(true);
  });

  it("does not treat other errors as passing", async () => {
    const gone = notFound(subject);
    expect(await run("repeatable", [gone])).to.deep.equal({ result: gone, attempts: 1 });
  });
});
