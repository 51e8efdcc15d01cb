import { expect } from "chai";
import { layOutTabs } from "./tab-writer.js";

describe("layOutTabs", () => {
  const lay = (...lines: string[]): string[] =>
    layOutTabs(
      lines.map((line) => line.split("\t")),
      { minWidth: 0, padding: 2 },
    );

  it("aligns lines that stand together, and begins anew after one without a tab", () => {
    expect(lay("Name:\tweb", "Longer:\tx", "Block:", "  a:\t1", "B:\t2")).to.deep.equal([
      "Name:    web",
      "Longer:  x",
      "Block:",
      "  a:  1",
      "B:    2",
    ]);
  });

  it("aligns further columns by the lines that have them", () => {
    expect(lay("Type\tReason\tAge", "----\t------\t---", "Normal\tScheduled\t5s", "Next:\tx")).to.deep.equal([
      "Type    Reason     Age",
      "----    ------     ---",
      "Normal  Scheduled  5s",
      "Next:   x",
    ]);
  });

  it("counts characters, not bytes, and leaves the last cell alone", () => {
    expect(lay("ä\tvery long last cell", "bb\tx")).to.deep.equal(["ä   very long last cell", "bb  x"]);
  });
});
