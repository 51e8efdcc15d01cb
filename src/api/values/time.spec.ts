import { expect } from "chai";
import { formatRfc3339, formatRfc3339Micro, isRepresentable, parseRfc3339, parseRfc3339Micro } from "./time.js";

describe("times", () => {
  const texts = [
    { text: "2026-01-02T03:04:05Z", seconds: 1_767_323_045 },
    { text: "2026-01-02T03:04:05.999Z", seconds: 1_767_323_045 },
    { text: "2026-01-02T05:04:05+02:00", seconds: 1_767_323_045 },
    { text: "0000-01-01T00:00:00Z", seconds: -62_167_219_200 },
    { text: "9999-12-31T23:59:59Z", seconds: 253_402_300_799 },
  ];
  for (const { text, seconds } of texts) {
    it(`reads ${text}`, () => expect(parseRfc3339(text)).to.deep.equal({ seconds, nanos: 0 }));
  }

  for (const text of ["", "2026-01-02", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05", "9999-12-31T23:59:59-01:00", "now"]) {
    it(`does not read "${text}"`, () => expect(parseRfc3339(text)).to.equal(undefined));
  }

  it("writes what it has read", () => {
    for (const text of ["2026-01-02T03:04:05Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]) {
      expect(formatRfc3339(parseRfc3339(text) ?? {})).to.equal(text);
    }
    const micro = "2026-01-02T03:04:05.000006Z";
    expect(formatRfc3339Micro(parseRfc3339Micro(micro) ?? {})).to.equal(micro);
  });

  it("knows which moments have a form", () => {
    expect(isRepresentable({ seconds: 253_402_300_799, nanos: 999_999_999 })).to.equal(true);
    expect(isRepresentable({ seconds: 253_402_300_800, nanos: 0 })).to.equal(false);
    expect(isRepresentable({ seconds: -62_167_219_201, nanos: 0 })).to.equal(false);
    expect(isRepresentable({ seconds: 0, nanos: -1 })).to.equal(false);
    expect(isRepresentable({ seconds: 0, nanos: 1e9 })).to.equal(false);
  });
});
