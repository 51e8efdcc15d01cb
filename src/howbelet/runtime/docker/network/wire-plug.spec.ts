import { expect } from "chai";
import { WirePlug } from "./wire-plug.js";

describe("WirePlug", () => {
  it("says of each wire that it was not plugged in, of those that wait for the first too", async () => {
    const plug = new WirePlug();
    const wires = ["hbmissing1", "hbmissing2", "hbmissing3"];
    const answers = await Promise.all(wires.map((wire) => plug.plugIn(wire, "howbe-none").catch((error: unknown) => error)));

    for (const [index, wire] of wires.entries())
      expect(answers[index]).to.be.an("error").with.property("message").that.contains(`${wire} was not plugged into howbe-none`);
  });
});
