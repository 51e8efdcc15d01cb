import { expect } from "chai";
import { VolumeMount } from "../../gen/howbernetes/core/v1/container.js";
import { expandSubPath } from "./sub-path-expansion.js";

const variables = new Map([
  ["NAME", "web-0"],
  ["EMPTY", ""],
  ["UP", ".."],
  ["ROOT", "/tmp"],
]);
const expanded = (mount: Partial<VolumeMount>): string => expandSubPath(VolumeMount.fromPartial(mount), variables);

describe("expandSubPath", () => {
  const cases: readonly (readonly [mount: Partial<VolumeMount>, path: string])[] = [
    [{}, ""],
    [{ subPath: "a/b" }, "a/b"],
    [{ subPath: "$(NAME)" }, "$(NAME)"],
    [{ subPathExpr: "logs/$(NAME)" }, "logs/web-0"],
    [{ subPathExpr: "$(NAME)$(EMPTY)/$$(NAME)" }, "web-0/$(NAME)"],
    [{ subPathExpr: "$(EMPTY)" }, ""],
  ];
  for (const [mount, path] of cases) {
    it(`makes ${JSON.stringify(path)} of ${JSON.stringify(mount)}`, () => expect(expanded(mount)).to.equal(path));
  }

  const refusals: readonly (readonly [subPathExpr: string, message: string])[] = [
    ["$(UP)/a", "unable to provision SubPath `../a`: must not contain '..'"],
    ["$(ROOT)", "error SubPath `/tmp` must not be an absolute path"],
    ["$(EMPTY)/a", "error SubPath `/a` must not be an absolute path"],
    ["$(OTHER)", 'missing value for "OTHER"'],
  ];
  for (const [subPathExpr, message] of refusals) {
    it(`refuses ${subPathExpr}`, () => expect(() => expanded({ subPathExpr })).to.throw(message));
  }
});
