import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { WakeUp } from "./wake-up.js";

describe("WakeUp", () => {
  const sleeping = (wakeUp: WakeUp, wakeAtMs: number | undefined): { isAwake: boolean; readonly end: Promise<void> } => {
    const sleep = { isAwake: false, end: Promise.resolve() };
    sleep.end = wakeUp.sleep(wakeAtMs).then(() => {
      sleep.isAwake = true;
    });
    return sleep;
  };

  it("does not sleep when it was poked while it looked", async () => {
    const wakeUp = new WakeUp(new FakeClock());
    await wakeUp.sleep(undefined);
    wakeUp.looking();
    wakeUp.poke();
    await wakeUp.sleep(undefined);
  });

  it("sleeps until its moment, however late it lies down", async () => {
    const clock = new FakeClock();
    const wakeUp = new WakeUp(clock);
    wakeUp.looking();
    const wakeAtMs = clock.monotonicMs() + 1_000;
    await clock.advance(600);
    const sleep = sleeping(wakeUp, wakeAtMs);
    await clock.advance(399);
    expect(sleep.isAwake).to.equal(false);
    await clock.advance(1);
    await sleep.end;
  });

  it("is woken before, and then not once more", async () => {
    const clock = new FakeClock();
    const wakeUp = new WakeUp(clock);
    wakeUp.looking();
    const first = sleeping(wakeUp, clock.monotonicMs() + 1_000);
    wakeUp.poke();
    await first.end;
    wakeUp.looking();
    const second = sleeping(wakeUp, undefined);
    await clock.advance(5_000);
    expect(second.isAwake).to.equal(false);
    wakeUp.poke();
    await second.end;
  });
});
