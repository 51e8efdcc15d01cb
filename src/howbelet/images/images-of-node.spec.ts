import { expect } from "chai";
import type { ImageSummary } from "../runtime/image-store.js";
import { imagesOfNode } from "./images-of-node.js";

const image = (overrides: Partial<ImageSummary>): ImageSummary => ({
  id: "sha256:1",
  references: ["web:1"],
  digests: [],
  sizeBytes: 10,
  ...overrides,
});
const digest = `sha256:${"d".repeat(64)}`;

describe("imagesOfNode", () => {
  it("tells full names, digests first, each once", () => {
    const references = ["web:1", "docker.io/library/web:1", "r.io/web:1"];
    expect(imagesOfNode([image({ references, digests: [`web@${digest}`] })])).to.deep.equal([
      { names: [`docker.io/library/web@${digest}`, "docker.io/library/web:1", "r.io/web:1"], sizeBytes: 10 },
    ]);
  });

  it("leaves out images without names", () => {
    expect(imagesOfNode([image({ references: [] })])).to.deep.equal([]);
  });

  it("tells the largest fifty, in the same order every time", () => {
    const all = Array.from({ length: 60 }, (_, index) => image({ references: [`web:${index}`], sizeBytes: Math.floor(index / 2) }));
    const told = imagesOfNode(all);
    expect(told).to.have.length(50);
    expect(told[0]).to.deep.equal({ names: ["docker.io/library/web:58"], sizeBytes: 29 });
    expect(imagesOfNode([...all].reverse())).to.deep.equal(told);
  });

  it("tells five names of an image at most", () => {
    const references = Array.from({ length: 9 }, (_, index) => `web:${index}`);
    expect(imagesOfNode([image({ references })])[0]?.names).to.have.length(5);
  });
});
