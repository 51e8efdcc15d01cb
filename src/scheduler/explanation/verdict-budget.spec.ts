import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { VerdictBudget } from "./verdict-budget.js";

describe("VerdictBudget", () => {
  it("gives what is left, and more as time goes by", async () => {
    const clock = new FakeClock();
    const budget = new VerdictBudget(clock, { burst: 1_000, perSecond: 10 });
    expect(budget.next()).to.deep.equal({ nodes: 1_000, bytes: 1_000 });
    budget.spend(990);
    expect(budget.next().bytes).to.equal(10);
    budget.spend(10);
    expect(budget.next().bytes).to.equal(0);
    await clock.advance(5_000);
    expect(budget.next().bytes).to.equal(50);
    await clock.advance(24 * 3_600_000);
    expect(budget.next().bytes).to.equal(1_000);
  });

  it("gives one record no more than a record may have", () => {
    expect(new VerdictBudget(new FakeClock()).next()).to.deep.equal({ nodes: 1_000, bytes: 256 * 1024 });
  });
});
