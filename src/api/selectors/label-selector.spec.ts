import { expect } from "chai";
import { isBadRequest } from "../errors.js";
import { compileLabelSelector, formatLabelSelector, parseLabelSelector } from "./label-selector.js";

describe("parseLabelSelector", () => {
  const labels = { app: "web", tier: "front", "example.com/n": "5" };
  const cases: readonly (readonly [selector: string, matches: boolean])[] = [
    ["", true],
    ["app=web", true],
    ["app==web", true],
    ["app = web", true],
    ["app=db", false],
    ["app!=db", true],
    ["app!=web", false],
    ["absent!=x", true],
    ["app in (web,db)", true],
    ["app in (db)", false],
    ["app notin (db, cache)", true],
    ["absent notin (x)", true],
    ["app", true],
    ["absent", false],
    ["!absent", true],
    ["!app", false],
    ["example.com/n>4", true],
    ["example.com/n<5", false],
    ["app in (web,db),tier=front", true],
    ["app=web,tier=back", false],
    ["constructor", false],
  ];
  for (const [selector, matches] of cases) {
    it(`${JSON.stringify(selector)} ${matches ? "matches" : "does not match"}`, () => {
      expect(parseLabelSelector(selector).matches(labels)).to.equal(matches);
    });
  }

  for (const bad of ["a=b=c", "app in web", "app in (a", "a)", "-a", "a=b c", ",", "a,", "n>x", "=b"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseLabelSelector(bad))
        .to.throw()
        .and.to.satisfy(isBadRequest);
    });
  }
});

describe("compileLabelSelector", () => {
  it("selects nothing when absent and everything when empty", () => {
    expect(compileLabelSelector(undefined).matches({})).to.equal(false);
    expect(compileLabelSelector({ matchLabels: {}, matchExpressions: [] }).matches({ a: "b" })).to.equal(true);
  });

  it("selects nothing by an operator it does not know", () => {
    const selector = compileLabelSelector({ matchLabels: {}, matchExpressions: [{ key: "a", operator: "Like", values: ["b"] }] });
    expect(selector.matches({ a: "b" })).to.equal(false);
  });

  it("is printed as kubectl prints it", () => {
    const expressions = [{ key: "tier", operator: "In", values: ["b", "a"] }];
    expect(formatLabelSelector({ matchLabels: { b: "2", a: "1" }, matchExpressions: expressions })).to.equal("a=1,b=2,tier in (a,b)");
  });
});
