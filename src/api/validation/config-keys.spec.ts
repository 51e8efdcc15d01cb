import { expect } from "chai";
import { configKeyProblems } from "./config-keys.js";

const format =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

describe("configKeyProblems", () => {
  const cases: readonly (readonly [text: string, problems: readonly string[]])[] = [
    ["a", []],
    ["nginx.conf", []],
    ["KEY_NAME-1", []],
    [".hidden", []],
    ["a..b", []],
    ["...", ["must not start with '..'"]],
    [".", ["must not be '.'"]],
    ["..", ["must not be '..'"]],
    ["..data", ["must not start with '..'"]],
    ["", [format]],
    ["a/b", [format]],
    ["a b", [format]],
    ["é", [format]],
    ["a\n", [format]],
    ["a".repeat(253), []],
    ["a".repeat(254), ["must be no more than 253 bytes"]],
  ];
  for (const [text, problems] of cases) {
    const shown = text.length > 40 ? `${text.length} characters` : JSON.stringify(text);
    it(`${problems.length === 0 ? "accepts" : "refuses"} ${shown}`, () => {
      expect(configKeyProblems(text)).to.deep.equal(problems);
    });
  }
});
