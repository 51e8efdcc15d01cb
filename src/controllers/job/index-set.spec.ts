import { expect } from "chai";
import fc from "fast-check";
import { IndexSet } from "./index-set.js";

describe("IndexSet", () => {
  const texts: readonly (readonly [indexes: readonly number[], text: string])[] = [
    [[], ""],
    [[3], "3"],
    [[1, 2], "1,2"],
    [[1, 2, 3], "1-3"],
    [[5, 1, 3, 2], "1-3,5"],
    [[9, 0, 9, 1, 4], "0,1,4,9"],
  ];
  for (const [indexes, text] of texts) {
    it(`lists ${JSON.stringify(indexes)} as "${text}"`, () => {
      expect(IndexSet.of(indexes).toString()).to.equal(text);
    });
  }

  const parsed: readonly (readonly [text: string, limit: number, indexes: string])[] = [
    ["0-2,4", 10, "0-2,4"],
    ["0-9", 4, "0-3"],
    ["2,7,8-9", 8, "2,7"],
    ["0,oops,-,2-", 8, "0"],
    ["0,1,2", 8, "0-2"],
  ];
  for (const [text, limit, indexes] of parsed) {
    it(`reads "${text}" of ${limit} as "${indexes}"`, () => {
      expect(IndexSet.parse(text, limit).toString()).to.equal(indexes);
    });
  }

  it("is a set", () => {
    const numbers = fc.array(fc.nat(40));
    const property = fc.property(numbers, numbers, fc.nat(40), fc.nat(20), (a, b, limit, count) => {
      const [left, right] = [new Set(a), new Set(b)];
      const union = IndexSet.of(a).union(IndexSet.of(b));
      const all = new Set([...a, ...b]);
      expect(union.size).to.equal(all.size);
      for (let index = 0; index <= 41; index++) expect(union.has(index)).to.equal(all.has(index));
      expect(IndexSet.of(a).sharedWith(IndexSet.of(b))).to.equal([...left].filter((index) => right.has(index)).length);
      const missing = Array.from({ length: limit }, (_, index) => index).filter((index) => !all.has(index));
      expect(union.lowestMissing(count, limit)).to.deep.equal(missing.slice(0, count));
      expect(IndexSet.parse(union.toString(), 100)).to.deep.equal(union);
    });
    fc.assert(property, { seed: 20_260_103, numRuns: 200 });
  });
});
