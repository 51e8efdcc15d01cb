import { expect } from "chai";
import { keyRange } from "./key-range.js";

describe("keyRange", () => {
  const cases = [
    { it: "ends a prefix before its next sibling", prefix: "/a/", after: undefined, key: "/a/", end: "/a0" },
    { it: "goes on right after a key", prefix: "/a/", after: "/a/x", key: "/a/x\0", end: "/a0" },
    { it: "does not begin before the prefix", prefix: "/b/", after: "/a", key: "/b/", end: "/b0" },
    { it: "takes the empty prefix for everything", prefix: "", after: undefined, key: "\0", end: "\0" },
  ];

  for (const { it: does, prefix, after, key, end } of cases) {
    it(does, () => {
      expect(keyRange(prefix, after)).to.deep.equal({ key: Buffer.from(key), range_end: Buffer.from(end) });
    });
  }
});
