import { expect } from "chai";
import { OwnWrites } from "./own-writes.js";

const key = { namespace: "default", name: "web" };

describe("OwnWrites", () => {
  it("knows the newest revision written, as a number", () => {
    const writes = new OwnWrites();
    for (const revision of ["9", "10", "8", "", "nonsense"]) writes.record(key, revision);

    expect(writes.lastRevision(key)).to.equal("10");
  });

  it("gives what every cache has reached for objects it never wrote for, or forgot", () => {
    const writes = new OwnWrites();
    writes.record(key, "7");
    writes.forget(key);

    expect(writes.lastRevision(key)).to.equal("0");
  });
});
