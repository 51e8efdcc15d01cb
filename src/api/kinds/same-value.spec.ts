import { expect } from "chai";
import { differences, sameValue } from "./same-value.js";

describe("sameValue", () => {
  const same: readonly (readonly [unknown, unknown])[] = [
    [{ a: 1, b: undefined }, { a: 1 }],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [[{ a: [1] }], [{ a: [1] }]],
    [Buffer.from("ab"), new Uint8Array([97, 98])],
    [undefined, undefined],
  ];
  for (const [a, b] of same) {
    it(`${JSON.stringify(a)} means ${JSON.stringify(b)}`, () => {
      expect(sameValue(a, b)).to.equal(true);
    });
  }

  const different: readonly (readonly [unknown, unknown])[] = [
    [{}, undefined],
    [{ a: 1 }, { a: "1" }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, undefined]],
    [[], {}],
    [Buffer.from("ab"), Buffer.from("ac")],
    [null, {}],
    ["", undefined],
  ];
  for (const [a, b] of different) {
    it(`${JSON.stringify(a)} does not mean ${JSON.stringify(b)}`, () => {
      expect(sameValue(a, b)).to.equal(false);
    });
  }
});

describe("differences", () => {
  it("are named as deep as both sides go", () => {
    const before = { a: { b: [{ c: 1 }, { c: 2 }] }, d: 1, e: { f: 1 } };
    const after = { a: { b: [{ c: 1 }, { c: 3 }] }, d: 1, e: undefined, g: 2 };
    expect(differences(before, after, "spec")).to.deep.equal(["spec.a.b[1].c", "spec.e", "spec.g"]);
  });

  it("are none between equals", () => {
    expect(differences({ a: [] }, { a: [], b: undefined })).to.deep.equal([]);
  });
});
