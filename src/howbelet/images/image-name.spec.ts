import { expect } from "chai";
import { normalizeImageName } from "./image-name.js";

describe("normalizeImageName", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const cases = [
    { image: "busybox", expected: "busybox:latest" },
    { image: "busybox:1.36", expected: "busybox:1.36" },
    { image: "library/busybox", expected: "library/busybox:latest" },
    { image: "localhost:5000/a/b_c", expected: "localhost:5000/a/b_c:latest" },
    { image: "Example.com/a", expected: "Example.com/a:latest" },
    { image: `busybox@${digest}`, expected: `busybox@${digest}` },
    { image: "", expected: undefined },
    { image: "Busybox", expected: undefined },
    { image: "busybox; rm -rf /", expected: undefined },
    { image: "busybox:$(id)", expected: undefined },
    { image: "a//b", expected: undefined },
    { image: "busybox:", expected: undefined },
  ];
  for (const { image, expected } of cases) {
    it(`reads ${JSON.stringify(image)} as ${expected ?? "no image"}`, () => {
      expect(normalizeImageName(image)).to.equal(expected);
    });
  }
});
