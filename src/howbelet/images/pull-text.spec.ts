import { expect } from "chai";
import { pullStep, pullText } from "./pull-text.js";

describe("pullText and pullStep", () => {
  const cases = [
    { received: 0, total: 0, extracted: 0, text: "Pulling", step: 0 },
    { received: 0, total: 280e6, extracted: 0, text: "Pulling 0% (0/280 MB)", step: 0 },
    { received: 120e6, total: 280e6, extracted: 0, text: "Pulling 42% (120/280 MB)", step: 25 },
    { received: 279.9e6, total: 280e6, extracted: 100e6, text: "Pulling 99% (280/280 MB)", step: 75 },
    { received: 280e6, total: 280e6, extracted: 140e6, text: "Unpacking 50% (140/280 MB)", step: 0 },
    { received: 2.55e6, total: 5e6, extracted: 0, text: "Pulling 51% (2.5/5.0 MB)", step: 50 },
    { received: 512, total: 20_000, extracted: 0, text: "Pulling 2% (1/20 kB)", step: 0 },
    { received: 6e9, total: 12e9, extracted: 0, text: "Pulling 50% (6/12 GB)", step: 50 },
  ];
  for (const { received, total, extracted, text, step } of cases) {
    it(`say ${text}`, () => {
      const progress = { receivedBytes: received, totalBytes: total, extractedBytes: extracted };
      expect(pullText(progress)).to.equal(text);
      expect(pullStep(progress)).to.equal(step);
    });
  }
});
