import { expect } from "chai";
import { LogLines } from "./log-lines.js";

describe("LogLines", () => {
  it("gives whole lines only, however they arrive, and ends the last", () => {
    const lines = new LogLines("[pod/a/main] ");
    const given = ["on", "e\ntwo\nth", "ree\n", "\nfo", "ur"].map((text) => lines.add(Buffer.from(text)).toString());
    expect(given).to.deep.equal(["", "[pod/a/main] one\n[pod/a/main] two\n", "[pod/a/main] three\n", "[pod/a/main] \n", ""]);
    expect(lines.end().toString()).to.equal("[pod/a/main] four\n");
    expect(lines.end().toString()).to.equal("");
  });

  it("keeps characters whole that arrive in pieces", () => {
    const bytes = Buffer.from("grün\n");
    const lines = new LogLines("");
    expect(lines.add(bytes.subarray(0, 3)).toString() + lines.add(bytes.subarray(3)).toString()).to.equal("grün\n");
  });
});
