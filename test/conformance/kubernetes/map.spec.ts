import { readFileSync } from "node:fs";
import { expect } from "chai";
import { mapProblems, outcomeProblems, type RunTest, testsMeant } from "./check-map.js";
import { parseConformanceMap, readConformanceMap } from "./conformance-map.js";
import { listTests } from "./known-tests.js";
import { renderConformance } from "./render-map.js";

describe("the map of Kubernetes' conformance tests", () => {
  it("names tests that exist, on both stores, and docs/conformance.md is what it makes", async function () {
    this.timeout(120_000);
    const areas = readConformanceMap();

    expect(mapProblems(areas, await listTests())).to.deep.equal([]);
    expect(readFileSync("docs/conformance.md", "utf8"), "run `npm run conformance`").to.equal(renderConformance(areas));
  });

  describe("checked", () => {
    const text = `
"[sig-a] Things":
  mirrored:
    should work: [things work]
  notYet:
    needs Others: [should work with others]
`;
    const test = (fullTitle: string) => ({ file: "", fullTitle });

    it("knows each name, its tests, or why there are none", () => {
      expect(parseConformanceMap(text)).to.deep.equal([
        {
          area: "[sig-a] Things",
          names: [
            { name: "should work", mirroredBy: ["things work"], remark: "" },
            { name: "should work with others", mirroredBy: [], remark: "needs Others" },
          ],
        },
      ]);
    });

    for (const { it: what, titles, problems } of [
      { it: "a test that is there", titles: ["all things work"], problems: [] },
      { it: "a test that is not", titles: ["all things work not", "nothings work"], problems: ['there is no test "things work"'] },
      {
        it: "a test of the API on one store only",
        titles: ["the API on etcd things work"],
        problems: ['there is no test "the API on the embedded store things work"'],
      },
    ]) {
      it(`tells ${what}`, () => {
        expect(mapProblems(parseConformanceMap(text), titles.map(test))).to.deep.equal(problems);
      });
    }

    it("tells names that it has twice", () => {
      const twice = `${text}    needs More: [should work]\n`;
      expect(mapProblems(parseConformanceMap(twice), [test("things work")])).to.deep.equal([
        "twice in the map: [sig-a] Things should work",
      ]);
    });

    const outcomes: readonly (readonly [outcome: RunTest["outcome"] | "absent", problems: readonly string[]])[] = [
      ["passed", []],
      ["failed", ["failed: all things work: 1 is not 2"]],
      ["skipped", ["skipped: all things work: 1 is not 2"]],
      ["absent", ['there is no test "things work"']],
    ];
    for (const [outcome, problems] of outcomes) {
      it(`takes a run in which a test is ${outcome} for ${problems.length === 0 ? "good" : "bad"}`, () => {
        const tests = outcome === "absent" ? [] : [{ ...test("all things work"), outcome, message: "1 is not 2" }];
        expect(outcomeProblems(parseConformanceMap(text), tests)).to.deep.equal(problems);
      });
    }

    it("means tests by the end of their titles, at a word", () => {
      expect(testsMeant("work", [test("all work"), test("rework"), test("work")]).map(({ fullTitle }) => fullTitle)).to.deep.equal([
        "all work",
        "work",
      ]);
    });
  });
});
