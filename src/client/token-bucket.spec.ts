import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { TokenBucket } from "./token-bucket.js";

describe("TokenBucket", () => {
  let clock: FakeClock;
  let bucket: TokenBucket;
  const takeAll = (): number => {
    let taken = 0;
    while (bucket.tryTake()) taken += 1;
    return taken;
  };

  beforeEach(() => {
    clock = new FakeClock();
    bucket = new TokenBucket(clock, { perSecond: 10, burst: 100 });
  });

  it("gives its burst at once, and then what comes in", async () => {
    expect(takeAll()).to.equal(100);
    await clock.advance(50);
    expect(takeAll()).to.equal(0);
    await clock.advance(1_050);
    expect(takeAll()).to.equal(11);
  });

  it("never holds more than its burst", async () => {
    takeAll();
    await clock.advance(3_600_000);
    expect(takeAll()).to.equal(100);
  });

  it("hands out tokens that are yet to come, each later than the one before", () => {
    takeAll();
    expect([bucket.reserveMs(), bucket.reserveMs(), bucket.reserveMs()]).to.deep.equal([100, 200, 300]);
    expect(bucket.tryTake()).to.equal(false);
  });
});
