import { expect } from "chai";
import { formatAge } from "./age.js";

describe("formatAge", () => {
  const second = 1_000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  const year = 365 * day;
  const cases: readonly [number, string][] = [
    [-5 * second, "<invalid>"],
    [-2 * second, "<invalid>"],
    [-1_999, "0s"],
    [0, "0s"],
    [999, "0s"],
    [59 * second, "59s"],
    [119 * second, "119s"],
    [2 * minute, "2m"],
    [3 * minute + 5 * second, "3m5s"],
    [10 * minute - 1, "9m59s"],
    [10 * minute + 30 * second, "10m"],
    [179 * minute, "179m"],
    [3 * hour, "3h"],
    [7 * hour + 59 * minute, "7h59m"],
    [8 * hour + 59 * minute, "8h"],
    [47 * hour, "47h"],
    [2 * day, "2d"],
    [7 * day + 23 * hour, "7d23h"],
    [8 * day + 23 * hour, "8d"],
    [729 * day, "729d"],
    [2 * year, "2y"],
    [7 * year + 12 * day, "7y12d"],
    [9 * year + 12 * day, "9y"],
  ];
  for (const [ms, text] of cases) {
    it(`prints ${ms} ms as ${text}`, () => {
      expect(formatAge(ms)).to.equal(text);
    });
  }
});
