import { expect } from "chai";
import { TableWriter } from "./table.js";

describe("TableWriter", () => {
  it("lays out as kubectl: three blanks after the widest cell, six columns at least, the last not padded", () => {
    const lines = new TableWriter().format([
      ["NAME", "UP", "AGE"],
      ["web", "1", "5s"],
    ]);
    expect(lines).to.deep.equal(["NAME   UP    AGE", "web    1     5s"]);
  });

  it("remembers widths, so that later rows line up with earlier ones", () => {
    const writer = new TableWriter();
    expect(writer.format([["a-long-name", "1"]])).to.deep.equal(["a-long-name   1"]);
    expect(writer.format([["b", "2"]])).to.deep.equal(["b             2"]);
  });
});
