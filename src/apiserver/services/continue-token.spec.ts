import { expect } from "chai";
import { isBadRequest } from "../../api/errors.js";
import { formatContinue, parseContinue } from "./continue-token.js";

const encoded = (token: unknown): string => Buffer.from(JSON.stringify(token)).toString("base64url");
const good = { v: "meta.k8s.io/v1", rv: 5, start: "a\0" };

describe("continue tokens", () => {
  for (const after of ["web", "default/web-1", "kube-system/a.b.c"]) {
    for (const revision of [42, undefined]) {
      it(`carry ${after} at ${revision ?? "the present"} there and back`, () => {
        expect(parseContinue(formatContinue({ revision, after }))).to.deep.equal({ revision, after });
      });
    }
  }

  const notOne = "no token was encoded";
  const bad: readonly (readonly [token: string, why: string])[] = [
    ["!", "illegal base64 data"],
    ["e3", notOne],
    [encoded(null), notOne],
    ["x".repeat(5_000), "too long"],
    [encoded({ ...good, v: "v9" }), "server does not recognize this encoded version v9"],
    [encoded({ ...good, rv: 0 }), "incorrect encoded start resourceVersion (version meta.k8s.io/v1)"],
    [encoded({ ...good, rv: "7" }), "incorrect encoded start resourceVersion (version meta.k8s.io/v1)"],
    [encoded({ ...good, start: "" }), "encoded start key empty (version meta.k8s.io/v1)"],
    ...["/", "a/../b", "..", "a/.", "a/b/c", "a\0b", "/a"].map((start) => [encoded({ ...good, start }), JSON.stringify(start)] as const),
  ];
  for (const [token, why] of bad) {
    it(`refuse ${JSON.stringify(token.slice(0, 60))}: ${why}`, () => {
      expect(() => parseContinue(token))
        .to.throw(`invalid continue token: continue key is not valid: ${why}`)
        .that.satisfies(isBadRequest);
    });
  }
});
