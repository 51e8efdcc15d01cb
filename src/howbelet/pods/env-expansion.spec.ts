import { expect } from "chai";
import { EnvVar } from "../../gen/howbernetes/core/v1/container.js";
import { expandEnvironment, expandVariables } from "./env-expansion.js";

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

describe("expandEnvironment", () => {
  it("lets a variable refer to those before it, and not to those after", () => {
    const env = [
      { name: "B", value: "$(A)" },
      { name: "A", value: "1" },
      { name: "C", value: "$(A)$(B)" },
    ].map((each) => EnvVar.fromPartial(each));

    expect([...expandEnvironment(env)]).to.deep.equal([
      ["B", "$(A)"],
      ["A", "1"],
      ["C", "1$(A)"],
    ]);
  });
});
