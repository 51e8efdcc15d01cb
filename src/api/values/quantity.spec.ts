import { expect } from "chai";
import fc from "fast-check";
import { canonicalQuantity, isQuantity, milliOf, parseQuantity } from "./quantity.js";

describe("quantities", () => {
  const canonical = [
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1024Ki", "1Mi"],
    ["1.5Gi", "1536Mi"],
    ["512", "512"],
    ["0.5Ki", "512"],
    ["1e3", "1e3"],
    ["1500e3", "1500e3"],
    ["12000k", "12M"],
    ["-250m", "-250m"],
    ["0", "0"],
    ["0.0000000001", "1n"],
    [".5", "500m"],
  ] as const;
  for (const [text, expected] of canonical) {
    it(`writes ${text} as ${expected}`, () => expect(canonicalQuantity(text)).to.equal(expected));
  }

  for (const text of ["", "1x", "1 Gi", "Gi", "1.2.3", "0x10", "1ki", "--1", "1e", "NaN"]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(isQuantity(text)).to.equal(false));
  }

  it("counts thousandths rounded up", () => {
    expect(milliOf({ string: "100u" })).to.equal(1);
    expect(milliOf({ string: "250m" })).to.equal(250);
    expect(milliOf({ string: "2" })).to.equal(2000);
    expect(milliOf(undefined)).to.equal(0);
  });

  it("does not spend memory on a huge exponent", () => expect(parseQuantity("1e999")).to.equal(2 ** 63));

  it("is canonical after one pass", () => {
    const suffix = fc.constantFrom("", "m", "k", "M", "Ki", "Mi", "Gi", "e3");
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), suffix, (number, unit) => {
        const once = canonicalQuantity(`${number}${unit}`) ?? "";
        expect(canonicalQuantity(once)).to.equal(once);
        expect(parseQuantity(once)).to.equal(parseQuantity(`${number}${unit}`));
      }),
      { seed: 7 },
    );
  });
});
