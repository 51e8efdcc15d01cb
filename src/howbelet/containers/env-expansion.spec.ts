import { expect } from "chai";
import { expandVariables } from "./env-expansion.js";

describe("expandVariables", () => {
  const variables = new Map([
    ["A", "1"],
    ["EMPTY", ""],
  ]);
  const cases = [
    { text: "$(A)", expected: "1" },
    { text: "x$(A)y$(A)", expected: "x1y1" },
    { text: "$(EMPTY)", expected: "" },
    { text: "$(MISSING)", expected: "$(MISSING)" },
    { text: "$$(A)", expected: "$(A)" },
    { text: "$$$(A)", expected: "$1" },
    { text: "$A {A} $", expected: "$A {A} $" },
    { text: "$(A", expected: "$(A" },
  ];
  for (const { text, expected } of cases) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}`, () => {
      expect(expandVariables(text, variables)).to.equal(expected);
    });
  }
});
