import { expect } from "chai";
import { isBadRequest } from "../errors.js";
import { checkJsonDepth, maxJsonDepth } from "./json-depth.js";

describe("checkJsonDepth", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const cases = [
    { it: "takes the greatest depth", text: nested(maxJsonDepth), refused: false },
    { it: "refuses one level more", text: nested(maxJsonDepth + 1), refused: true },
    { it: "refuses a million levels", text: nested(1_000_000), refused: true },
    { it: "counts objects and lists alike", text: `${'{"a":['.repeat(101)}1${"]}".repeat(101)}`, refused: true },
    { it: "does not count siblings", text: `[${Array.from({ length: 500 }, () => "[{}]").join()}]`, refused: false },
    { it: "does not count what is text", text: JSON.stringify(`\\"${nested(500)}`), refused: false },
    { it: "finds the end of a text that ends in a backslash", text: `["\\\\",${nested(500)}]`, refused: true },
  ];
  for (const { it: what, text, refused } of cases) {
    it(what, () => {
      let failure: unknown;
      try {
        checkJsonDepth(text);
      } catch (error: unknown) {
        failure = error;
      }
      expect(isBadRequest(failure)).to.equal(refused);
    });
  }
});
