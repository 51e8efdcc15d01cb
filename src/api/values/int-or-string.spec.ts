import { expect } from "chai";
import { intOrString, intOrStringValue, resolveIntOrPercent } from "./int-or-string.js";

describe("resolveIntOrPercent", () => {
  const cases = [
    { value: 3, total: 10, rounding: "up", expected: 3 },
    { value: "25%", total: 10, rounding: "up", expected: 3 },
    { value: "25%", total: 10, rounding: "down", expected: 2 },
    { value: "0%", total: 10, rounding: "up", expected: 0 },
    { value: "100%", total: 7, rounding: "down", expected: 7 },
  ] as const;
  for (const { value, total, rounding, expected } of cases) {
    it(`${value} of ${total}, rounded ${rounding}, is ${expected}`, () => {
      expect(resolveIntOrPercent(intOrString(value), total, rounding)).to.equal(expected);
    });
  }

  it("refuses text that is no percentage", () => {
    expect(() => resolveIntOrPercent(intOrString("many"), 1, "up")).to.throw(RangeError);
  });

  it("keeps what it was made of", () => {
    expect(intOrStringValue(intOrString(5))).to.equal(5);
    expect(intOrStringValue(intOrString("http"))).to.equal("http");
  });
});
