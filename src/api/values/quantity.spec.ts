import { expect } from "chai";
import fc from "fast-check";
import { canonicalQuantity, compareQuantities, isQuantity, milliOf, parseQuantity, QuantitySum } from "./quantity.js";

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

describe("QuantitySum", () => {
  const cases: readonly (readonly [addends: readonly string[], sum: string])[] = [
    [[], "0"],
    [["100m", "400m", "1"], "1500m"],
    [["64Mi", "64Mi"], "128Mi"],
    [["0", "512Mi", "512Mi"], "1Gi"],
    [["1", "1Ki"], "1025"],
    [["0.1", "0.2"], "300m"],
  ];
  for (const [addends, sum] of cases) {
    it(`of ${addends.join(" + ") || "nothing"} is ${sum}`, () => {
      const total = new QuantitySum();
      for (const string of addends) total.add({ string });
      expect(total.quantity.string).to.equal(sum);
    });
  }
});

describe("compareQuantities", () => {
  const cases: readonly (readonly [a: string | undefined, b: string | undefined, order: number])[] = [
    ["1", "1000m", 0],
    ["1Gi", "1G", 1],
    ["999m", "1", -1],
    [undefined, "0", 0],
    ["1n", undefined, 1],
  ];
  for (const [a, b, order] of cases) {
    it(`${a} and ${b}: ${order}`, () => expect(compareQuantities(quantityOf(a), quantityOf(b))).to.equal(order));
  }
});

const quantityOf = (string: string | undefined) => (string === undefined ? undefined : { string });
