import { expect } from "chai";
import { systemClock } from "./clock.js";

describe("the machine's clock", () => {
  it("waits for longer than setTimeout can", async () => {
    let fired = false;
    const cancel = systemClock.after(2 ** 31 + 1, () => {
      fired = true;
    });
    const stop = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, stop.signal);
    // A timer that is due already runs before this one.
    await systemClock.sleep(5, stop.signal);

    expect(fired).to.equal(false);
    cancel();
    stop.abort();
    expect(await sleeping.catch((error: unknown) => (error as Error).name)).to.equal("AbortError");
  });
});
