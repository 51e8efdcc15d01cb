import { expect } from "chai";
import { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { podKind } from "../kinds/pod/kind.js";
import { encodeObject } from "./encode.js";
import { makeWhole } from "./whole.js";

describe("encodeObject", () => {
  const pod = (labels: Readonly<Record<string, string>>) =>
    makeWhole(podKind, { metadata: { name: "a", labels }, spec: { nodeName: "n1" } });
  const plain = (labels: Readonly<Record<string, string>>): Buffer => Buffer.from(Pod.encode(pod(labels)).finish());

  it("gives the same bytes for the same maps, in whatever order they were made", () => {
    expect(encodeObject(podKind, pod({ b: "2", a: "1" }))).to.deep.equal(plain({ a: "1", b: "2" }));
  });

  it("keeps what it gave as it was, whatever is encoded later", () => {
    const first = encodeObject(podKind, pod({ a: "1" }));
    const large = encodeObject(podKind, pod({ a: "x".repeat(100_000) }));
    const last = encodeObject(podKind, pod({ a: "2" }));

    expect([first, large, last]).to.deep.equal([plain({ a: "1" }), plain({ a: "x".repeat(100_000) }), plain({ a: "2" })]);
  });

  it("is not disturbed by an object that cannot be encoded", () => {
    const broken = pod({ a: "1" });
    Object.assign(broken.spec, { hostAliases: 5 });

    expect(() => encodeObject(podKind, broken)).to.throw(TypeError);
    expect(encodeObject(podKind, pod({ a: "1" }))).to.deep.equal(plain({ a: "1" }));
  });
});
