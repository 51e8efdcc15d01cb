import { expect } from "chai";
import { isBadRequest } from "../errors.js";
import { messageFromJson, messageToJson, parseJsonObject } from "./json.js";
import { findMisplacedNames } from "./misplaced-names.js";

const pod = "howbernetes.core.v1.Pod";

describe("decoding JSON", () => {
  it("names every field that the kind does not have", () => {
    const { unknown } = messageFromJson(pod, { metadata: { nam: "x" }, spec: { containers: [{ name: "a", imag: "b" }] }, extra: 1 });
    expect(unknown).to.deep.equal(["metadata.nam", "spec.containers[0].imag", "extra"]);
  });

  it("names every value of a wrong type", () => {
    const spec = { containers: {}, nodeSelector: { a: 1 }, hostNetwork: "yes", activeDeadlineSeconds: 1.5, priority: 2 ** 40 };
    const { errors } = messageFromJson(pod, { spec });
    expect(errors.map(({ path }) => path)).to.deep.equal([
      "spec.containers",
      "spec.nodeSelector[a]",
      "spec.hostNetwork",
      "spec.activeDeadlineSeconds",
      "spec.priority",
    ]);
  });

  it("refuses a map key that could not be kept", () => {
    const { errors } = messageFromJson(pod, { metadata: { labels: JSON.parse('{"__proto__": "x"}') } });
    expect(errors.map(({ path }) => path)).to.deep.equal(["metadata.labels[__proto__]"]);
  });

  it("reads inlined fields and leaves them inline", () => {
    const spec = { volumes: [{ name: "data", emptyDir: { sizeLimit: "1024Ki" } }], containers: [] };
    const { message, unknown } = messageFromJson(pod, { spec });
    expect(unknown).to.deep.equal([]);
    expect(messageToJson(pod, message)).to.have.nested.property("spec.volumes[0].emptyDir.sizeLimit", "1Mi");
  });

  it("changes nothing by going through JSON again, whatever was left out", () => {
    const first = messageFromJson(pod, {
      spec: { containers: [{ name: "a", volumeMounts: [{ name: "v", mountPath: "/v" }] }], volumes: [{ name: "v" }] },
    }).message;
    expect(messageFromJson(pod, messageToJson(pod, first)).message).to.deep.equal(first);
  });

  it("takes null for absent", () => {
    expect(messageFromJson(pod, { metadata: null, spec: { nodeName: null } }).errors).to.deep.equal([]);
  });

  for (const text of ["", "{", "[]", "null", '"x"', "nonsense"]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseJsonObject(text))
        .to.throw()
        .and.to.satisfy(isBadRequest);
    });
  }
});

describe("findMisplacedNames", () => {
  const paths = (text: string, ...unknown: string[]): string[] =>
    findMisplacedNames(text, new Set(unknown)).map(({ path, problem }) => `${problem} ${path}`);

  it("gives the path of each name that is there twice, wherever it is", () => {
    const text = '{"a":1,"spec":{"x":[{"n":1},{"n":2,"n":3}],"x":0},"a":"{\\"a\\":1}"}';
    expect(paths(text)).to.deep.equal(["duplicate spec.x[1].n", "duplicate spec.x", "duplicate a"]);
  });

  it("sees through escapes", () => expect(paths('{"a":1,"\\u0061":2}')).to.deep.equal(["duplicate a"]));

  it("takes equal names in different objects for different", () => expect(paths('{"a":{"b":1},"c":[{"b":1},{"b":2}]}')).to.deep.equal([]));

  it("gives unknown names where they stand, once, and does not look into them", () => {
    const text = '{"a":1,"u":{"x":1,"x":2},"a":2,"l":[{"u":1},{"v":[{"y":1,"y":2}]}],"u":3}';
    expect(paths(text, "u", "l[1].v")).to.deep.equal(["unknown u", "duplicate a", "unknown l[1].v"]);
  });
});
