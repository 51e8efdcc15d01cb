import { expect } from "chai";
import { isSupportedVersion } from "./etcd-version.js";

describe("isSupportedVersion", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["3.4.23", false],
    ["3.5.7", false],
    ["3.5.8", true],
    ["3.5.16", true],
    ["3.6.0-rc.1", true],
    ["4.0.0", true],
    ["2.3.9", false],
    ["unknown", false],
  ];

  for (const [version, supported] of cases) {
    it(`${supported ? "takes" : "refuses"} ${version}`, () => {
      expect(isSupportedVersion(version)).to.equal(supported);
    });
  }
});
