import { expect } from "chai";
import { formatAmount, formatThreshold, parseEvictionThresholds, thresholdAmount } from "./eviction-thresholds.js";

describe("parseEvictionThresholds", () => {
  it("reads amounts and percentages", () => {
    expect(parseEvictionThresholds("memory.available<100Mi, nodefs.available<10%,pid.available<1k")).to.deep.equal([
      { signal: "memory.available", limit: { amount: 104_857_600 } },
      { signal: "nodefs.available", limit: { share: 0.1 } },
      { signal: "pid.available", limit: { amount: 1_000 } },
    ]);
  });

  it("watches nothing when told so", () => expect(parseEvictionThresholds("")).to.deep.equal([]));

  const refused = [
    { text: "memory.available", says: '"memory.available" is not a threshold' },
    { text: "memory.free<1Gi", says: '"memory.free" cannot be watched' },
    { text: "memory.available<much", says: "neither an amount" },
    { text: "memory.available<-1Mi", says: "neither an amount" },
    { text: "nodefs.available<0%", says: "not between 0% and 100%" },
    { text: "nodefs.available<100%", says: "not between 0% and 100%" },
    { text: "memory.available<1Mi,memory.available<2Mi", says: "given twice" },
  ];
  for (const { text, says } of refused) it(`refuses ${text}`, () => expect(() => parseEvictionThresholds(text)).to.throw(says));
});

describe("a threshold", () => {
  it("is an amount, or a share of what there is", () => {
    expect(thresholdAmount({ signal: "memory.available", limit: { amount: 5 } }, 100)).to.equal(5);
    expect(thresholdAmount({ signal: "nodefs.available", limit: { share: 0.15 } }, 1_001)).to.equal(150);
  });

  it("is written as it was given", () => {
    expect(formatThreshold({ signal: "memory.available", limit: { amount: 104_857_600 } })).to.equal("100Mi");
    expect(formatThreshold({ signal: "nodefs.available", limit: { share: 0.1 } })).to.equal("10%");
  });

  it("counts small amounts as they are, large ones in the largest unit that fits", () => {
    expect([12.7, 1_500, 2 ** 21].map(formatAmount)).to.deep.equal(["12", "1Ki", "2Mi"]);
  });
});
