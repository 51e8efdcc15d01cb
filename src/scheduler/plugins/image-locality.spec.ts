import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { Volume } from "../../gen/howbernetes/core/v1/volume.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { imageLocality } from "./image-locality.js";

const mebibyte = 1024 * 1024;
const web = "docker.io/library/web:1";

/** Nodes by name, with the sizes in MiB of the images that they have. */
type Images = Readonly<Record<string, Readonly<Record<string, number>>>>;

describe("ImageLocality", () => {
  const scored = (images: Images, options: PodOptions) => {
    const state = new ClusterState();
    for (const [name, sizes] of Object.entries(images)) {
      const built = node({ name });
      built.status.images = Object.entries(sizes).map(([image, size]) => ({ names: [image], sizeBytes: size * mebibyte }));
      state.setNode(built);
    }
    return scoresOf(imageLocality, podInfo(pod({ nodeName: "", ...options })), state);
  };
  const running = (...images: string[]): PodOptions => ({
    spec: { containers: images.map((image, index) => Container.fromPartial({ name: `c${index}`, image })) },
  });

  it("prefers nodes with the image, the larger it is", () => {
    expect(scored({ a: { [web]: 511.5 }, b: { [web]: 1000 }, c: { [web]: 5000 } }, { image: "web:1" })).to.deep.equal({
      a: 50,
      b: 100,
      c: 100,
    });
  });

  it("does not care for what is pulled in no time", () => {
    expect(scored({ a: { [web]: 23 }, b: { [web]: 22 } }, { image: "web:1" })).to.deep.equal({ a: 0, b: 0 });
  });

  it("counts an image for less the fewer nodes have it", () => {
    expect(scored({ a: { [web]: 1000 }, b: {}, c: { "docker.io/library/other:1": 900 } }, { image: "web:1" })).to.deep.equal({
      a: 31.76,
      b: 0,
      c: 0,
    });
  });

  it("wants each of a pod's images, and more of them for the best", () => {
    const other = "docker.io/me/other:latest";
    expect(scored({ a: { [web]: 1000, [other]: 1000 }, b: { [web]: 1000, [other]: 23 } }, running("web:1", "me/other"))).to.deep.equal({
      a: 100,
      b: 50.58,
    });
  });

  for (const image of ["web:1", "library/web:1", "docker.io/web:1", "docker.io/library/web:1", "index.docker.io/library/web:1"]) {
    it(`knows the image by the name ${image}`, () => {
      expect(scored({ a: { [web]: 1000 } }, { image })).to.deep.equal({ a: 100 });
    });
  }

  it("tells tags and registries apart", () => {
    for (const image of ["web", "web:2", "example.com/web:1"]) expect(scored({ a: { [web]: 1000 } }, { image })).to.equal(undefined);
  });

  it("looks at init containers and volumes too", () => {
    const spec = {
      containers: [Container.fromPartial({ name: "main", image: "absent" })],
      initContainers: [Container.fromPartial({ name: "prepare", image: "web:1" })],
      volumes: [Volume.fromPartial({ name: "model", volumeSource: { image: { reference: "model:1" } } })],
    };
    expect(scored({ a: { [web]: 1000, "docker.io/library/model:1": 500 }, b: { [web]: 1000 } }, { spec })).to.deep.equal({
      a: 41.22,
      b: 32.82,
    });
  });
});
