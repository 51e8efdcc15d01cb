import { expect } from "chai";
import { makeWhole } from "../codec/whole.js";
import { isBadRequest } from "../errors.js";
import { podKind } from "../kinds/pod/kind.js";
import { parseFieldSelector } from "./field-selector.js";

describe("parseFieldSelector", () => {
  const pod = makeWhole(podKind, { metadata: { name: "a", namespace: "n" }, spec: { nodeName: "x,y=z" }, status: { phase: "Running" } });
  const cases: readonly (readonly [selector: string, matches: boolean])[] = [
    ["", true],
    ["metadata.name=a", true],
    ["metadata.name==a", true],
    ["metadata.name!=a", false],
    ["metadata.name=a,status.phase=Running", true],
    ["metadata.name=a,metadata.namespace=n,status.phase!=Failed", true],
    ["metadata.name=a,status.phase=Failed", false],
    ["spec.nodeName=x\\,y\\=z", true],
    ["spec.nodeName=x\\,y\\=z,metadata.name=a", true],
  ];
  for (const [selector, matches] of cases) {
    it(`${JSON.stringify(selector)} ${matches ? "matches" : "does not match"}`, () => {
      expect(parseFieldSelector(podKind, selector).matches(pod)).to.equal(matches);
    });
  }

  it("tells what it demands by equality", () => {
    const selector = parseFieldSelector(podKind, "spec.nodeName=n1,metadata.name!=b");
    expect(selector.required("spec.nodeName")).to.equal("n1");
    expect(selector.required("metadata.name")).to.equal(undefined);
  });

  for (const bad of ["spec.nothing=x", "metadata.name", "=x", "constructor=x", "metadata.name=a\\b"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseFieldSelector(podKind, bad))
        .to.throw()
        .and.to.satisfy(isBadRequest);
    });
  }
});
