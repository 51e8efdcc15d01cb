import { expect } from "chai";
import { FaultPause } from "./fault-pause.js";

describe("FaultPause", () => {
  let nowMs = 100;
  const pauseMs = (pause: FaultPause): number | undefined => {
    const { endsAtMs } = pause;
    return endsAtMs === undefined ? undefined : endsAtMs - nowMs;
  };

  it("is longer with each failure in a row, up to a bound", () => {
    const pause = new FaultPause({ monotonicMs: () => nowMs });
    expect(pauseMs(pause)).to.equal(undefined);
    const lengths = Array.from({ length: 5 }, () => {
      pause.begin();
      const ms = pauseMs(pause) ?? 0;
      nowMs += ms;
      return ms;
    });
    expect(lengths).to.deep.equal([1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  it("is over in time, and short again once all went well", () => {
    const pause = new FaultPause({ monotonicMs: () => nowMs });
    pause.begin();
    pause.begin();
    expect(pauseMs(pause)).to.equal(1_000);
    nowMs += 1_000;
    expect(pauseMs(pause)).to.equal(undefined);
    pause.forget();
    pause.begin();
    expect(pauseMs(pause)).to.equal(1_000);
  });
});
