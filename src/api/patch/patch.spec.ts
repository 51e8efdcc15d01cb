import { expect } from "chai";
import type { JsonObject } from "../codec/json-values.js";
import { isBadRequest, isInvalid, isTooLarge } from "../errors.js";
import { podKind } from "../kinds/pod/kind.js";
import { mergePatch } from "./merge.js";
import { applyPatch } from "./patch.js";
import { strategicMerge } from "./strategic.js";
import { threeWayPatch } from "./three-way.js";

const deployment = "howbernetes.apps.v1.Deployment";
const pod = "howbernetes.core.v1.Pod";
const containers = (...list: JsonObject[]): JsonObject => ({ spec: { containers: list } });

describe("strategicMerge", () => {
  const current = containers({ name: "a", image: "a:1", env: [{ name: "X", value: "1" }] }, { name: "b", image: "b:1" });
  const cases: readonly (readonly [what: string, patch: JsonObject, expected: JsonObject])[] = [
    [
      "merges list elements by key",
      containers({ name: "b", image: "b:2" }),
      containers({ name: "a", image: "a:1", env: [{ name: "X", value: "1" }] }, { name: "b", image: "b:2" }),
    ],
    [
      "puts a new element first",
      containers({ name: "c", image: "c:1" }),
      { spec: { containers: [{ name: "c", image: "c:1" }, ...(current.spec as { containers: JsonObject[] }).containers] } },
    ],
    [
      "puts a new element where the order says",
      { spec: { containers: [{ name: "c", image: "c:1" }], "$setElementOrder/containers": [{ name: "a" }, { name: "c" }, { name: "b" }] } },
      {
        spec: {
          containers: [
            { name: "a", image: "a:1", env: [{ name: "X", value: "1" }] },
            { name: "c", image: "c:1" },
            { name: "b", image: "b:1" },
          ],
        },
      },
    ],
    [
      "leaves elements that the order does not name where they stood",
      { spec: { "$setElementOrder/containers": [{ name: "b" }] } },
      { spec: current.spec ?? null },
    ],
    [
      "drops marked elements from a list that it replaces",
      containers({ $patch: "replace" }, { name: "z", image: "z:1" }, { name: "a", $patch: "delete" }),
      containers({ name: "z", image: "z:1" }),
    ],
    ["keeps what it retains, and nothing else", { spec: { $retainKeys: ["nodeName"], nodeName: "n" } }, { spec: { nodeName: "n" } }],
    ["deletes an element", containers({ name: "a", $patch: "delete" }), containers({ name: "b", image: "b:1" })],
    [
      "replaces the list",
      { spec: { containers: [{ $patch: "replace" }, { name: "z", image: "z:1" }] } },
      containers({ name: "z", image: "z:1" }),
    ],
    ["deletes by null", containers({ name: "a", env: null }), containers({ name: "a", image: "a:1" }, { name: "b", image: "b:1" })],
    ["replaces an object", { spec: { $patch: "replace", nodeName: "n" } }, { spec: { nodeName: "n" } }],
    [
      "orders elements",
      { spec: { "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] } },
      containers({ name: "b", image: "b:1" }, { name: "a", image: "a:1", env: [{ name: "X", value: "1" }] }),
    ],
  ];
  for (const [what, patch, expected] of cases) {
    it(what, () => expect(strategicMerge(pod, current, patch)).to.deep.equal(expected));
  }

  it("unites primitive lists, and deletes from them by directive", () => {
    const finalizers = { metadata: { finalizers: ["a", "b"] } };
    expect(strategicMerge(pod, finalizers, { metadata: { finalizers: ["b", "c"] } })).to.deep.equal({
      metadata: { finalizers: ["a", "b", "c"] },
    });
    expect(strategicMerge(pod, finalizers, { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } })).to.deep.equal({
      metadata: { finalizers: ["b"] },
    });
  });

  it("replaces atomic lists", () => {
    const command = (...words: string[]): JsonObject => containers({ name: "a", command: words });
    expect(strategicMerge(pod, command("x", "y"), command("z"))).to.deep.equal(command("z"));
  });

  const malformed: readonly (readonly [what: string, patch: JsonObject, message: string])[] = [
    ["an element without its key", containers({ image: "x" }), "does not contain declared merge key: name"],
    ["a deletion without its key", containers({ $patch: "delete" }), "does not contain declared merge key: name"],
    ["an unknown directive", { spec: { $patch: "sideways" } }, 'unknown patch type: "sideways"'],
    ["an unknown directive in a list", containers({ name: "a", $patch: "sideways" }), 'unknown patch type: "sideways"'],
    ["more than it retains", { spec: { $retainKeys: ["nodeName"], hostname: "h" } }, "invalid patch format of retainKeys"],
    ["retained keys that are no list", { spec: { $retainKeys: "nodeName" } }, "invalid patch format of retainKeys"],
    ["an order that is no list", { spec: { "$setElementOrder/containers": 1 } }, "invalid patch format of setElementOrder list"],
    [
      "a list that contradicts its order",
      { spec: { containers: [{ name: "b" }, { name: "a" }], "$setElementOrder/containers": [{ name: "a" }, { name: "b" }] } },
      "does not match its $setElementOrder list",
    ],
    ["a deletion from no list", { metadata: { "$deleteFromPrimitiveList/finalizers": "a" } }, "invalid patch format of primitive list"],
  ];
  for (const [what, patch, message] of malformed) {
    it(`refuses ${what}`, () =>
      expect(() => strategicMerge(pod, current, patch))
        .to.throw(message)
        .and.to.satisfy(isBadRequest));
  }

  it("leaves its input alone", () => {
    const before = structuredClone(current);
    strategicMerge(pod, current, containers({ name: "a", image: "changed" }));
    expect(current).to.deep.equal(before);
  });
});

describe("applyPatch", () => {
  it("bounds what a JSON patch copies, which could double at each step", () => {
    const copies = Array.from({ length: 30 }, (_, step) => ({ op: "copy", from: "/metadata", path: `/metadata/m${step}` }));
    const metadata = { name: "p", annotations: { padding: "x".repeat(1_000) } };
    expect(() => applyPatch(podKind, { metadata }, "json", copies)).to.throw("a JSON patch may copy 3145728 bytes in all");
    expect(applyPatch(podKind, { metadata }, "json", copies.slice(0, 1))).to.have.nested.property("metadata.m0.name", "p");
  });

  it("bounds how many operations a JSON patch has", () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/metadata/name", value: "p" }));
    expect(() => applyPatch(podKind, { metadata: { name: "p" } }, "json", operations))
      .to.throw("The allowed maximum operations in a JSON patch is 10000, got 10001")
      .and.to.satisfy(isTooLarge);
  });

  it("refuses a test that fails, and applies nothing of the patch", () => {
    const current = { metadata: { name: "p" } };
    const operations = [
      { op: "add", path: "/metadata/namespace", value: "n" },
      { op: "test", path: "/metadata/name", value: "q" },
    ];
    expect(() => applyPatch(podKind, current, "json", operations))
      .to.throw("the server rejected our request due to an error in our request: testing value /metadata/name failed")
      .and.to.satisfy(isInvalid);
    expect(current).to.deep.equal({ metadata: { name: "p" } });
  });

  for (const operation of [
    null,
    "copy",
    { op: "copy" },
    { op: "copy", from: "/no/such", path: "/x" },
    { op: "copy", from: 1, path: "/x" },
  ]) {
    it(`refuses the operation ${JSON.stringify(operation)}`, () => {
      expect(() => applyPatch(podKind, { metadata: { name: "p" } }, "json", [operation])).to.throw("the server rejected our request");
    });
  }
});

describe("mergePatch", () => {
  it("merges objects, replaces lists and deletes by null", () => {
    expect(mergePatch({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { b: null, e: 3 }, d: [3] })).to.deep.equal({ a: { c: 2, e: 3 }, d: [3] });
  });
});

describe("threeWayPatch", () => {
  const template = (...list: JsonObject[]): JsonObject => ({ spec: { template: { spec: { containers: list } } } });

  it("is empty when nothing changed, whatever the server filled in", () => {
    const applied = template({ name: "a", image: "a:1" });
    const current = { ...template({ name: "a", image: "a:1", imagePullPolicy: "IfNotPresent" }), status: { replicas: 3 } };
    expect(threeWayPatch(deployment, applied, applied, current)).to.deep.equal({});
  });

  it("keeps what others set and drops what is no longer applied", () => {
    const original = { spec: { replicas: 2, minReadySeconds: 5 } };
    const current = { spec: { replicas: 7, minReadySeconds: 5, paused: true } };
    expect(threeWayPatch(deployment, original, { spec: { replicas: 3 } }, current)).to.deep.equal({
      spec: { replicas: 3, minReadySeconds: null },
    });
  });

  it("changes one element of a keyed list", () => {
    const original = template({ name: "a", image: "a:1" }, { name: "b", image: "b:1" });
    expect(threeWayPatch(deployment, original, template({ name: "a", image: "a:2" }), original)).to.deep.equal(
      template({ name: "a", image: "a:2" }, { $patch: "delete", name: "b" }),
    );
  });

  it("makes the wanted object when the patch is applied", () => {
    const original = template({ name: "a", image: "a:1" }, { name: "b", image: "b:1" });
    const modified = template({ name: "b", image: "b:2" }, { name: "a", image: "a:1" }, { name: "c", image: "c:1" });
    expect(strategicMerge(deployment, original, threeWayPatch(deployment, original, modified, original))).to.deep.equal(modified);
  });
});
