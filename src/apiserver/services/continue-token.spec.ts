import { expect } from "chai";
import { isBadRequest } from "../../api/errors.js";
import { formatContinue, parseContinue } from "./continue-token.js";

describe("continue tokens", () => {
  for (const after of ["web", "default/web-1", "kube-system/a.b.c"]) {
    it(`carry ${after} there and back`, () => {
      expect(parseContinue(formatContinue({ revision: 42, after }))).to.deep.equal({ revision: 42, after });
    });
  }

  const bad = [
    "",
    "!",
    "e30",
    "bnVsbA",
    "x".repeat(5_000),
    ...["", "/", "a/../b", "..", "a/b/c", "a\0b"].map((after) => formatContinue({ revision: 1, after })),
  ];
  for (const token of bad) {
    it(`refuse ${JSON.stringify(token.slice(0, 60))}`, () => {
      expect(() => parseContinue(token))
        .to.throw()
        .that.satisfies(isBadRequest);
    });
  }
});
