import { expect } from "chai";
import { lines } from "../../../test/builders/from-manifest.js";
import { intOrString } from "../values/int-or-string.js";
import { validateCountOrPercent, validateNonNegative } from "./numbers.js";

describe("validateNonNegative", () => {
  it("accepts zero, more and nothing", () => {
    expect([0, 1, undefined].flatMap((value) => validateNonNegative(value, "a"))).to.deep.equal([]);
  });

  it("refuses less", () => {
    expect(lines(validateNonNegative(-1, "spec.replicas"))).to.deep.equal([
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ]);
  });
});

describe("validateCountOrPercent", () => {
  for (const value of [0, 3, "0%", "25%", "100%", "250%"]) {
    it(`accepts ${value}`, () => {
      expect(validateCountOrPercent(intOrString(value), "a")).to.deep.equal([]);
    });
  }

  for (const value of ["25", "%", "-1%", "1.5%", "a%", ""]) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      expect(lines(validateCountOrPercent(intOrString(value), "a"))).to.deep.equal([
        `a: Invalid value: ${JSON.stringify(value)}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
      ]);
    });
  }

  it("refuses a negative number", () => {
    expect(lines(validateCountOrPercent(intOrString(-1), "a"))).to.deep.equal(["a: Invalid value: -1: must be greater than or equal to 0"]);
  });
});
