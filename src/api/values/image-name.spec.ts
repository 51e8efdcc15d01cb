import { expect } from "chai";
import { canonicalImageName, isSameImage, parseImageName } from "./image-name.js";

describe("parseImageName", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const cases = [
    { image: "busybox", reference: "busybox:latest", canonical: "docker.io/library/busybox:latest" },
    { image: "busybox:1.36", reference: "busybox:1.36", canonical: "docker.io/library/busybox:1.36" },
    { image: "library/busybox", reference: "library/busybox:latest", canonical: "docker.io/library/busybox:latest" },
    { image: "someone/busybox", reference: "someone/busybox:latest", canonical: "docker.io/someone/busybox:latest" },
    { image: "docker.io/busybox", reference: "docker.io/busybox:latest", canonical: "docker.io/library/busybox:latest" },
    { image: "index.docker.io/a/b:2", reference: "index.docker.io/a/b:2", canonical: "docker.io/a/b:2" },
    { image: "localhost:5000/a/b_c", reference: "localhost:5000/a/b_c:latest", canonical: "localhost:5000/a/b_c:latest" },
    { image: "localhost/a", reference: "localhost/a:latest", canonical: "localhost/a:latest" },
    { image: "Example.com/a", reference: "Example.com/a:latest", canonical: "Example.com/a:latest" },
    { image: `busybox@${digest}`, reference: `busybox@${digest}`, canonical: `docker.io/library/busybox@${digest}` },
    { image: `busybox:1@${digest}`, reference: `busybox@${digest}`, canonical: `docker.io/library/busybox@${digest}` },
  ];
  for (const { image, reference, canonical } of cases) {
    it(`reads ${image} as ${canonical}`, () => {
      const name = parseImageName(image);
      expect(name).to.include({ reference, canonical });
      expect(canonical.startsWith(name?.repository ?? "nothing")).to.equal(true);
    });
  }

  const invalid = [
    "",
    "Busybox",
    "busybox; rm -rf /",
    "busybox:$(id)",
    "a//b",
    "busybox:",
    "busybox@sha256:1",
    "f".repeat(64),
    `a/${"b".repeat(255)}`,
  ];
  for (const image of invalid) {
    it(`refuses ${JSON.stringify(image.slice(0, 40))}`, () => {
      expect(parseImageName(image)).to.equal(undefined);
    });
  }

  it("leaves alone what it cannot read", () => {
    expect(canonicalImageName("<none>:<none>")).to.equal("<none>:<none>");
  });
});

describe("isSameImage", () => {
  const cases: readonly (readonly [a: string, b: string, isSame: boolean])[] = [
    ["busybox", "docker.io/library/busybox:latest", true],
    ["busybox:1", "busybox:2", false],
    ["busybox", "r.io/library/busybox", false],
    ["<none>", "busybox", true],
  ];
  for (const [a, b, isSame] of cases) {
    it(`${isSame ? "takes" : "does not take"} ${a} for ${b}`, () => {
      expect(isSameImage(a, b)).to.equal(isSame);
    });
  }
});
