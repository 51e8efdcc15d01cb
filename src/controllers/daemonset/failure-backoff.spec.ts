import { expect } from "chai";
import { FailureBackoff } from "./failure-backoff.js";

const set = { uid: "a", generation: 1 };

describe("FailureBackoff", () => {
  it("lets the first failed pod go at once, and further ones after waits that double", () => {
    const backoff = new FailureBackoff();
    const waits = [0, 0, 400, 1_000, 1_000, 3_000, 6_999].map((nowMs) => backoff.waitMs(set, "n1", nowMs));
    expect(waits).to.deep.equal([0, 1_000, 600, 0, 2_000, 0, 1]);
  });

  it("waits for a quarter of an hour at most", () => {
    const backoff = new FailureBackoff();
    let nowMs = 0;
    for (let failures = 0; failures < 40; failures++) nowMs += backoff.waitMs(set, "n1", nowMs) || 0.5;
    backoff.waitMs(set, "n1", nowMs);
    expect(backoff.waitMs(set, "n1", nowMs)).to.equal(900_000);
  });

  it("begins anew for another node, another generation, after a long time, and when the set is gone", () => {
    const backoff = new FailureBackoff();
    backoff.waitMs(set, "n1", 0);
    expect(backoff.waitMs(set, "n2", 0)).to.equal(0);
    expect(backoff.waitMs(set, "n1", 1)).to.equal(999);
    expect(backoff.waitMs({ ...set, generation: 2 }, "n1", 1)).to.equal(0);
    backoff.waitMs(set, "n1", 2);
    expect(backoff.waitMs(set, "n1", 1_800_003)).to.equal(0);
    backoff.forget("a");
    expect(backoff.waitMs(set, "n1", 1_800_004)).to.equal(0);
  });
});
