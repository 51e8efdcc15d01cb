import fc from "fast-check";
import { FilterTrial } from "../../fakes/filter-trial.js";
import { runs, seed } from "../../fuzz/runs.js";
import { arbitraryCase, nodeFilters } from "./filter-cases.js";

describe("remedies", () => {
  for (const [name, make] of nodeFilters) {
    it(`of ${name} each take away what they are for, whatever pod and node, and what is refused is explained`, () => {
      fc.assert(
        fc.property(arbitraryCase, (options) => {
          new FilterTrial(make, options).hold();
        }),
        { numRuns: runs, seed },
      );
    });
  }
});
