import { expect } from "chai";
import { imageSettingFlags, imageSettings } from "./image-settings.js";

describe("imageSettings", () => {
  const collectionOf = (flags: Parameters<typeof imageSettings>[0]) => imageSettings(flags).collection;

  it("are Kubernetes' but for the pulls at once", () => {
    expect(imageSettings({}).pullsAtOnce).to.equal(3);
    expect(collectionOf({})).to.deep.equal({ highPercent: 85, lowPercent: 80, minAgeMs: 120_000 });
  });

  it("are what the flags say", () => {
    expect(imageSettings({ maxParallelImagePulls: 8 }).pullsAtOnce).to.equal(8);
    expect(collectionOf({ imageGcHighThreshold: 50, imageGcLowThreshold: 40, minimumImageTtlDuration: 5 })).to.deep.equal({
      highPercent: 50,
      lowPercent: 40,
      minAgeMs: 5,
    });
  });

  it("keep the low mark below a high one that was given alone", () => {
    expect(collectionOf({ imageGcHighThreshold: 50 })).to.include({ highPercent: 50, lowPercent: 50 });
  });

  it("refuse a low mark above the high one", () => {
    expect(() => imageSettings({ imageGcLowThreshold: 90 })).to.throw("--image-gc-low-threshold 90 is above --image-gc-high-threshold 85");
  });
});

describe("imageSettingFlags", () => {
  const cases: Readonly<Record<string, readonly (readonly [text: string, value: number | string])[]>> = {
    "--max-parallel-image-pulls": [
      ["1", 1],
      ["5", 5],
      ["0", "from 1 to 1000"],
      ["x", "whole number"],
      ["-1", "whole number"],
    ],
    "--image-gc-high-threshold": [
      ["0", 0],
      ["100", 100],
      ["101", "from 0 to 100"],
      ["85%", "whole number"],
    ],
    "--image-gc-low-threshold": [
      ["80", 80],
      ["", "whole number"],
    ],
  };
  for (const { flags, parse } of imageSettingFlags(Number)) {
    for (const [text, value] of cases[flags.split(" ")[0] ?? ""] ?? []) {
      it(`${typeof value === "number" ? "take" : "refuse"} ${flags.split(" ")[0]}=${text}`, () => {
        if (typeof value === "number") expect(parse(text)).to.equal(value);
        else expect(() => parse(text)).to.throw(value);
      });
    }
  }
});
