import { expect } from "chai";
import { Description } from "./description.js";

describe("Description", () => {
  it("aligns values of lines that stand together, indents blocks, and puts further values under the first", () => {
    const description = new Description()
      .field("Name", "web")
      .field("Annotations")
      .field("Labels", "a=1", "b=2")
      .block("Containers", (body) => body.field("Image", "web:1"))
      .table("Events", ["Type", "Message"], [["Normal", "done"]])
      .table("Conditions", ["Type"], []);
    expect(description.lines()).to.deep.equal([
      "Name:         web",
      "Annotations:  <none>",
      "Labels:       a=1",
      "              b=2",
      "Containers:",
      "  Image:  web:1",
      "Events:",
      "  Type       Message",
      "  ----       -------",
      "  Normal     done",
      "Conditions:  <none>",
    ]);
  });
});
