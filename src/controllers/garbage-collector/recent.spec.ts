import { expect } from "chai";
import { Recent } from "./recent.js";

describe("Recent", () => {
  it("knows what was added last, and no more of it than it may", () => {
    const recent = new Recent(2);
    for (const thing of ["a", "b", "a", "c"]) recent.add(thing);
    expect(["a", "b", "c", "d"].filter((thing) => recent.has(thing))).to.deep.equal(["a", "c"]);
  });
});
