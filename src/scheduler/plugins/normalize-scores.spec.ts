import { expect } from "chai";
import { normalizeReversed, normalizeScores } from "./normalize-scores.js";

describe("normalized scores", () => {
  const cases: readonly { it: string; of: typeof normalizeScores; raw: number[]; scores: number[] }[] = [
    { it: "has the greatest at 100", of: normalizeScores, raw: [5, 20, 0], scores: [25, 100, 0] },
    { it: "leaves none where there is none", of: normalizeScores, raw: [0, 0], scores: [0, 0] },
    { it: "has the greatest at 0 in reverse", of: normalizeReversed, raw: [1, 4, 0], scores: [75, 0, 100] },
    { it: "has all at 100 in reverse where there is none", of: normalizeReversed, raw: [0, 0], scores: [100, 100] },
    { it: "needs no nodes", of: normalizeReversed, raw: [], scores: [] },
  ];
  for (const { it: does, of, raw, scores } of cases) {
    it(does, () => {
      const array = Float64Array.from(raw);
      of(array);
      expect([...array]).to.deep.equal(scores);
    });
  }
});
