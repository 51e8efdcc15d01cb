import { expect } from "chai";
import { WireFitter } from "./wire-fitter.js";

describe("WireFitter", () => {
  it("says of each wire why it was not plugged in", async () => {
    const fitter = new WireFitter();
    const wires = ["hbmissing1", "hbmissing2", "hbmissing3"];
    const answers = await Promise.all(wires.map((wire) => fitter.plug(wire, "howbe-none").catch((error: unknown) => error)));
    fitter.close();

    for (const [index, wire] of wires.entries())
      expect(answers[index])
        .to.be.an("error")
        .with.property("message")
        .that.matches(new RegExp(`^${wire} was not plugged into howbe-none: \\S`));
  });

  it("goes on after it was closed", async () => {
    const fitter = new WireFitter();
    fitter.close();
    const answer = await fitter.plug("hbmissing", "howbe-none").catch((error: unknown) => error);
    fitter.close();

    expect(answer).to.be.an("error");
  });
});
