import { expect } from "chai";
import { parseStoreChoice } from "./store-choice.js";

describe("parseStoreChoice", () => {
  it("reads what may be given to --store", () => {
    expect(parseStoreChoice("embedded")).to.deep.equal({ kind: "embedded" });
    expect(parseStoreChoice("etcd://127.0.0.1:2379")).to.deep.equal({ kind: "etcd", endpoints: ["127.0.0.1:2379"] });
    expect(parseStoreChoice("etcd://a:1, b:2")).to.deep.equal({ kind: "etcd", endpoints: ["a:1", "b:2"] });
  });

  for (const text of ["", "lmdb", "etcd://", "etcd://host", "etcd://a:1,", "http://a:1"]) {
    it(`refuses "${text}"`, () => {
      expect(() => parseStoreChoice(text)).to.throw(/expected/);
    });
  }
});
