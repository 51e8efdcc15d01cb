import { readFileSync } from "node:fs";
import { expect } from "chai";
import { listTests } from "../conformance/kubernetes/known-tests.js";
import { applyMutation } from "./apply-mutation.js";
import { suites } from "./suites.js";

describe("the mutations", () => {
  for (const mutation of suites.flatMap(({ mutations }) => mutations)) {
    it(`can be planted: ${mutation.fault}`, () => {
      const text = readFileSync(mutation.file, "utf8");
      expect(applyMutation(text, mutation)).to.not.equal(text);
    });
  }

  it("can be planted in one place only", () => {
    const mutation = { find: "a", replace: "b", file: "x" };
    for (const text of ["", "aa"]) expect(() => applyMutation(text, mutation)).to.throw("where one was expected");
  });

  for (const { prefix, specs, mutations } of suites) {
    it(`leave out no area of ${specs.join(", ")}`, async function () {
      this.timeout(60_000);
      const tests = await listTests(specs);

      const areasOf = (fullTitle: string) => mutations.filter(({ area }) => fullTitle.startsWith(`${prefix}${area} `));
      expect(tests.length).to.be.greaterThan(mutations.length);
      expect(tests.map(({ fullTitle }) => fullTitle).filter((title) => areasOf(title).length === 0)).to.deep.equal([]);
      expect(mutations.filter((mutation) => !tests.some(({ fullTitle }) => areasOf(fullTitle).includes(mutation)))).to.deep.equal([]);
    });
  }
});
