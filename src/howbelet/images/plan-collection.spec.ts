import { expect } from "chai";
import type { ImageSummary } from "../runtime/image-store.js";
import type { ImageRecord } from "./image-records.js";
import { bytesToFree, defaultCollectionPolicy, planCollection, usedPercent } from "./plan-collection.js";

const minute = 60_000;
const nowMs = 100 * minute;

const image = (id: string, overrides: Partial<ImageSummary> = {}): ImageSummary => ({
  id,
  references: [`${id}:1`],
  digests: [],
  sizeBytes: 10,
  ...overrides,
});
const record = (id: string, overrides: Partial<ImageRecord> = {}): ImageRecord => ({
  id,
  references: [`${id}:1`],
  pulledAtMs: 0,
  usedAtMs: 0,
  ...overrides,
});

describe("planCollection", () => {
  const cases: readonly {
    readonly it: string;
    readonly images?: readonly ImageSummary[];
    readonly records: readonly ImageRecord[];
    readonly inUse?: readonly string[];
    readonly removes: readonly string[];
  }[] = [
    { it: "removes what nobody uses", records: [record("a")], removes: ["a:1"] },
    { it: "leaves what containers are made of", records: [record("a")], inUse: ["a"], removes: [] },
    { it: "leaves what it has not pulled", records: [], removes: [] },
    { it: "leaves what is gone already", images: [], records: [record("a")], removes: [] },
    { it: "leaves what was pulled just now", records: [record("a", { pulledAtMs: nowMs - 2 * minute + 1 })], removes: [] },
    { it: "leaves what was needed just now", records: [record("a", { usedAtMs: nowMs - 2 * minute + 1 })], removes: [] },
    { it: "removes what is old enough", records: [record("a", { pulledAtMs: nowMs - 2 * minute })], removes: ["a:1"] },
    {
      it: "begins with what was never needed, then what was not needed for longest",
      records: [record("a", { usedAtMs: 5 * minute }), record("b", { usedAtMs: 3 * minute }), record("c")],
      removes: ["c:1", "b:1", "a:1"],
    },
    { it: "begins with the oldest of those never needed", records: [record("a", { pulledAtMs: 9 }), record("b")], removes: ["b:1", "a:1"] },
    {
      it: "leaves an image that somebody has given another name",
      images: [image("a", { references: ["a:1", "mine:latest"] })],
      records: [record("a")],
      removes: [],
    },
    {
      it: "knows its own name however it is written",
      images: [image("a", { references: ["a:latest"] })],
      records: [record("a", { references: ["docker.io/library/a"] })],
      removes: ["a:latest"],
    },
    {
      it: "takes all of its names away",
      images: [image("a", { references: ["a:1", "a:2"] })],
      records: [record("a", { references: ["a:1", "a:2"] })],
      removes: ["a:1", "a:2"],
    },
    {
      it: "removes one that goes by its digest alone",
      images: [image("a", { references: [], digests: [`a@sha256:${"0".repeat(64)}`] })],
      records: [record("a")],
      removes: [`a@sha256:${"0".repeat(64)}`],
    },
    {
      it: "removes one whose name has gone to a newer one",
      images: [image("a", { references: [] })],
      records: [record("a")],
      removes: ["a"],
    },
  ];
  for (const { it: does, images = [image("a"), image("b"), image("c")], records, inUse = [], removes } of cases) {
    it(does, () => {
      const plan = planCollection({ images, records, inUse: new Set(inUse), minAgeMs: 2 * minute, nowMs });
      expect(plan.flatMap(({ names }) => names)).to.deep.equal(removes);
    });
  }
});

describe("bytesToFree", () => {
  const cases = [
    { used: 84, frees: 0 },
    { used: 85, frees: 50 },
    { used: 100, frees: 200 },
    { used: 100, frees: 0, policy: { ...defaultCollectionPolicy, highPercent: 100 } },
    { used: 60, frees: 100, policy: { ...defaultCollectionPolicy, highPercent: 50, lowPercent: 50 } },
  ];
  for (const { used, frees, policy = defaultCollectionPolicy } of cases) {
    it(`is ${frees} of 1000 with ${used} % in use, from ${policy.highPercent} down to ${policy.lowPercent}`, () => {
      const storage = { capacityBytes: 1000, availableBytes: 1000 - used * 10 };
      expect(usedPercent(storage)).to.equal(used);
      expect(bytesToFree(storage, policy)).to.equal(frees);
    });
  }
});
