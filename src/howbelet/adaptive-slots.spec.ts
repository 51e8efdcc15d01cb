import { expect } from "chai";
import { AdaptiveSlots } from "./adaptive-slots.js";

const options = { initial: 6, least: 2, most: 32 };

/** What becomes of the slots on a machine that does so many tasks at once without slowing them, each in `aloneMs`. */
function settled(width: number, { aloneMs = 60, tasks = 400 } = {}): number {
  const slots = new AdaptiveSlots(options);
  // The first runs alone, as on a machine that has just started.
  slots.finished(0, aloneMs, false);
  for (let done = 0; done < tasks; done++) slots.finished(0, aloneMs * Math.max(1, slots.count / width), true);
  return slots.count;
}

describe("AdaptiveSlots", () => {
  it("settle a little above what the machine does at once", () => {
    for (const width of [1, 2, 4, 8, 16]) expect(settled(width)).to.be.within(width + 1, width + 6);
  });

  it("stay within their bounds", () => {
    expect(settled(1000)).to.equal(options.most);
    const slots = new AdaptiveSlots({ ...options, least: 5 });
    slots.finished(0, 1, false);
    for (let done = 0; done < 100; done++) slots.finished(0, 1000, true);
    expect(slots.count).to.equal(5);
  });

  it("learn nothing while some are free", () => {
    const slots = new AdaptiveSlots(options);
    for (const tookMs of [10, 10_000, 10]) slots.finished(0, tookMs, false);

    expect(slots.count).to.equal(6);
  });

  it("tell kinds of tasks apart: one that always takes longer than another has not waited", () => {
    const slots = new AdaptiveSlots(options);
    for (let done = 0; done < 10; done++) {
      slots.finished(0, 10, true);
      slots.finished(1, 1000, true);
    }
    expect(slots.count).to.be.greaterThan(6);
  });

  it("come to believe that the machine has become slower", () => {
    const slots = new AdaptiveSlots(options);
    slots.finished(0, 10, false);
    for (let done = 0; done < 100; done++) slots.finished(0, 100, true);
    const whileDoubted = slots.count;
    for (let done = 0; done < 3_000; done++) slots.finished(0, 100, true);

    expect(whileDoubted).to.be.lessThan(6);
    expect(slots.count).to.be.greaterThan(whileDoubted);
  });
});
