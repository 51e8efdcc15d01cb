import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { expect } from "chai";
import { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ObjectMeta } from "../../gen/howbernetes/meta/v1/meta.js";
import { isBadRequest } from "../errors.js";
import { spliceResourceVersion, stripResourceVersion } from "./resource-version.js";
import { checkWire } from "./wire-check.js";

const typeName = "howbernetes.core.v1.Pod";
const bytesOf = (metadata: Partial<ObjectMeta>): Uint8Array => Pod.encode(Pod.fromPartial({ metadata, spec: { nodeName: "n1" } })).finish();
const metadataField = (content: Uint8Array): Uint8Array =>
  new BinaryWriter()
    .uint32((1 << 3) | 2)
    .bytes(content)
    .finish();

describe("checkWire", () => {
  it("passes what the codec writes", () => {
    checkWire(typeName, bytesOf({ name: "a", labels: { k: "ü" }, finalizers: ["x"] }));
  });

  const bad: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    [
      "an unknown field",
      new BinaryWriter()
        .uint32((99 << 3) | 0)
        .uint32(1)
        .finish(),
    ],
    [
      "text that is not UTF-8",
      metadataField(
        new BinaryWriter()
          .uint32((1 << 3) | 2)
          .bytes(Buffer.from([0xff, 0xfe]))
          .finish(),
      ),
    ],
    [
      "a wrong wire type",
      metadataField(
        new BinaryWriter()
          .uint32((1 << 3) | 0)
          .uint32(5)
          .finish(),
      ),
    ],
    ["a message given twice", Buffer.concat([bytesOf({ name: "a" }), bytesOf({ name: "b" })])],
    ["a time that no calendar has", Pod.encode(Pod.fromPartial({ metadata: { creationTimestamp: { seconds: 2 ** 50 } } })).finish()],
    [
      "a time with too many nanoseconds",
      Pod.encode(Pod.fromPartial({ metadata: { creationTimestamp: { seconds: 1, nanos: -1 } } })).finish(),
    ],
    ["truncation", bytesOf({ name: "abcdef" }).subarray(0, 5)],
  ];
  for (const [what, bytes] of bad) {
    it(`refuses ${what}`, () => {
      expect(() => checkWire(typeName, bytes))
        .to.throw()
        .and.to.satisfy(isBadRequest);
    });
  }
});

describe("checkWire of bytes that are JSON", () => {
  const revision = "howbernetes.apps.v1.ControllerRevision";
  const bytesWith = (raw: string | Buffer): Uint8Array =>
    ControllerRevision.encode(ControllerRevision.fromPartial({ data: { raw: Buffer.from(raw) } })).finish();

  for (const raw of ["{}", '{"spec":{"a":[1]}}', ""]) {
    it(`passes ${raw === "" ? "none" : raw}`, () => checkWire(revision, bytesWith(raw)));
  }

  for (const [what, raw] of [
    ["text that is no JSON", "{spec}"],
    ["JSON cut short", '{"a":'],
    ["JSON nested too deeply", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ["text that is not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => checkWire(revision, bytesWith(raw)))
        .to.throw()
        .and.to.satisfy(isBadRequest);
    });
  }
});

describe("spliceResourceVersion", () => {
  it("sets it and keeps everything else", () => {
    const pod = Pod.decode(spliceResourceVersion(bytesOf({ name: "a", uid: "u", labels: { k: "v" } }), 12_345));
    expect(pod.metadata).to.include({ name: "a", uid: "u", resourceVersion: "12345" });
    expect(pod.metadata?.labels).to.deep.equal({ k: "v" });
    expect(pod.spec?.nodeName).to.equal("n1");
  });

  it("replaces one that is there", () => {
    expect(Pod.decode(spliceResourceVersion(bytesOf({ name: "a", resourceVersion: "7" }), 8)).metadata?.resourceVersion).to.equal("8");
  });

  it("gives the bytes that the codec would give", () => {
    expect(spliceResourceVersion(bytesOf({ name: "a", generation: 3 }), 9)).to.deep.equal(
      Buffer.from(bytesOf({ name: "a", generation: 3, resourceVersion: "9" })),
    );
  });

  it("is undone by stripping, also past 127 bytes", () => {
    const bytes = Buffer.from(bytesOf({ name: "a".repeat(200), labels: { k: "v".repeat(300) } }));
    expect(stripResourceVersion(spliceResourceVersion(bytes, 1))).to.deep.equal(bytes);
  });

  const broken = [
    { it: "a field that is longer than they are", bytes: [0x0a, 0x05, 0x01] },
    { it: "a length without an end", bytes: [0x0a, 0x80] },
    { it: "a field of metadata that is longer than it", bytes: [0x0a, 0x02, 0x0a, 0x09, 0x12, 0x00] },
    { it: "a wire type that there is not", bytes: [0x0f] },
  ];
  for (const { it: what, bytes } of broken) {
    it(`refuses bytes with ${what}`, () => {
      expect(() => spliceResourceVersion(Buffer.from(bytes), 5)).to.throw(RangeError);
    });
  }

  it("makes metadata where there is none", () => {
    const bytes = Pod.encode(Pod.fromPartial({ spec: { nodeName: "n1" } })).finish();
    expect(Pod.decode(spliceResourceVersion(bytes, 5)).metadata?.resourceVersion).to.equal("5");
  });
});
