import { expect } from "chai";
import { decodeRevision, encodeRevision, indexKey, indexRange, logKey, parseIndexKey, parseLogKey } from "./version-keys.js";

describe("version keys", () => {
  const positions = [
    { key: "/a", revision: 2 },
    { key: "/registry/core/pods/default/web", revision: 2 ** 32 + 7 },
    { key: "/ünïcode/☃", revision: Number.MAX_SAFE_INTEGER },
  ];

  for (const position of positions) {
    it(`reads back ${position.key} at ${position.revision}`, () => {
      expect(parseLogKey(logKey(position))).to.deep.equal(position);
      expect(parseIndexKey(indexKey(position))).to.deep.equal(position);
      expect(decodeRevision(encodeRevision(position.revision), 0)).to.equal(position.revision);
    });
  }

  it("orders the log by revision", () => {
    const keys = [1, 255, 256, 65_536, 2 ** 32, 2 ** 40].map((revision) => logKey({ key: "/z", revision }));

    expect([...keys].sort(Buffer.compare)).to.deep.equal(keys);
  });

  it("orders the index by the keys' bytes, then by revision", () => {
    const positionsInOrder = [
      { key: "/a", revision: 300 },
      { key: "/a", revision: 301 },
      { key: "/a\u0001", revision: 1 },
      { key: "/a-b", revision: 1 },
      { key: "/a/b", revision: 1 },
      { key: "/ab", revision: 1 },
    ];
    const keys = positionsInOrder.map(indexKey);

    expect([...keys].sort(Buffer.compare)).to.deep.equal(keys);
  });

  const ranges = [
    { it: "covers what begins with the prefix", prefix: "/a/", after: undefined, key: "/a/x", inside: true },
    { it: "leaves out a longer sibling", prefix: "/a/", after: undefined, key: "/ab", inside: false },
    { it: "leaves out the prefix's predecessor", prefix: "/b/", after: undefined, key: "/a/x", inside: false },
    { it: "covers everything for the empty prefix", prefix: "", after: undefined, key: "/☃", inside: true },
    { it: "leaves out the key to resume after", prefix: "/a/", after: "/a/x", key: "/a/x", inside: false },
    { it: "goes on with its next sibling", prefix: "/a/", after: "/a/x", key: "/a/x-", inside: true },
    { it: "ignores a key to resume after that lies before the prefix", prefix: "/b/", after: "/a", key: "/b/x", inside: true },
    { it: "ignores a key before the prefix even after it", prefix: "/b/", after: "/a", key: "/a/x", inside: false },
  ];

  for (const { it: does, prefix, after, key, inside } of ranges) {
    it(does, () => {
      const { start, end } = indexRange(prefix, after);
      const versions = [1, 2 ** 40].map((revision) => indexKey({ key, revision }));

      const within = versions.filter((version) => Buffer.compare(version, start) >= 0 && Buffer.compare(version, end) < 0);
      expect(within.length).to.equal(inside ? 2 : 0);
    });
  }

  it("refuses keys that LMDB could not order or hold", () => {
    expect(() => indexKey({ key: "/a\0b", revision: 1 })).to.throw("NUL");
    expect(() => indexKey({ key: "/".repeat(1025), revision: 1 })).to.throw("1025 bytes");
  });
});
