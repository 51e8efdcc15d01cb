import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import type { KeptObject } from "./cached-object.js";
import { Change } from "./change.js";
import { type HistoryLimits, HistoryRing } from "./history-ring.js";

const change = (revision: number, bytes = 10): Change => {
  const kept = { key: `k${revision}`, revision, message: Buffer.alloc(bytes) } as KeptObject;
  return new Change(kept.key, revision, undefined, kept);
};
const generous: HistoryLimits = { maxChanges: 100, maxAgeMs: 60_000 };

describe("HistoryRing", () => {
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
  });

  function ring(limits: HistoryLimits, floor: number, ...revisions: readonly number[]): HistoryRing {
    const made = new HistoryRing(clock, limits);
    made.reset(floor);
    for (const revision of revisions) made.push(change(revision));
    return made;
  }
  const since = (history: HistoryRing, revision: number): readonly number[] | undefined =>
    history.since(revision)?.map((each) => each.revision);

  it("gives what came after a revision, and nothing where it does not know all of that", () => {
    const history = ring(generous, 5, 6, 8, 9);
    expect([since(history, 4), since(history, 5), since(history, 7), since(history, 9)]).to.deep.equal([undefined, [6, 8, 9], [8, 9], []]);
  });

  it("takes what came before, and then reaches back so far", () => {
    const history = ring(generous, 5, 6, 8);
    expect(history.prepend([change(3), change(4)], 2)).to.equal(true);
    expect([history.oldest, since(history, 2), since(history, 3), since(history, 1)]).to.deep.equal([
      2,
      [3, 4, 6, 8],
      [4, 6, 8],
      undefined,
    ]);
  });

  const tight: readonly { it: string; limits: HistoryLimits }[] = [
    { it: "changes", limits: { ...generous, maxChanges: 4 } },
    { it: "bytes", limits: { ...generous, maxBytes: 45 } },
  ];
  for (const { it: what, limits } of tight) {
    it(`takes of what came before only the newest that there is room for, by ${what}`, () => {
      const history = ring(limits, 5, 6, 8);
      expect(history.prepend([change(1), change(2), change(3), change(4)], 0)).to.equal(false);
      expect([history.oldest, since(history, 2), since(history, 1)]).to.deep.equal([2, [3, 4, 6, 8], undefined]);
      history.push(change(9));
      expect([history.oldest, since(history, 3)]).to.deep.equal([3, [4, 6, 8, 9]]);
    });
  }

  it("drops what is too old once something newer comes", async () => {
    const history = ring(generous, 5, 6);
    await clock.advance(61_000);
    expect(since(history, 5)).to.deep.equal([6]);
    history.push(change(7));
    expect([since(history, 5), since(history, 6)]).to.deep.equal([undefined, [7]]);
  });
});
