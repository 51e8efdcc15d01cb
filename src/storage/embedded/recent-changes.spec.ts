import { expect } from "chai";
import { RecentChanges } from "./recent-changes.js";
import type { ChangeEvent } from "./version.js";

const change = (revision: number, key = "k", size = 1): ChangeEvent => ({ type: "put", key, value: Buffer.alloc(size), revision });
const revisionsOf = (events: readonly ChangeEvent[] | undefined): readonly number[] | undefined => events?.map(({ revision }) => revision);
const roomy = { maxEvents: 100, maxBytes: 100_000 };

describe("RecentChanges", () => {
  it("gives what follows a revision, up to a count", () => {
    const recent = new RecentChanges(3, roomy);
    for (const revision of [4, 5, 6, 7]) recent.add([change(revision)], revision);

    expect(revisionsOf(recent.after(3, 10))).to.deep.equal([4, 5, 6, 7]);
    expect(revisionsOf(recent.after(5, 10))).to.deep.equal([6, 7]);
    expect(revisionsOf(recent.after(3, 2))).to.deep.equal([4, 5]);
    expect(revisionsOf(recent.after(7, 10))).to.deep.equal([]);
  });

  it("does not have what came before it", () => {
    expect(new RecentChanges(3, roomy).after(2, 10)).to.equal(undefined);
  });

  it("never splits a revision", () => {
    const recent = new RecentChanges(0, roomy);
    recent.add([change(1, "a"), change(2, "a"), change(2, "b"), change(2, "c"), change(3, "a")], 3);

    expect(revisionsOf(recent.after(0, 2))).to.deep.equal([1, 2, 2, 2]);
    expect(revisionsOf(recent.after(1, 1))).to.deep.equal([2, 2, 2]);
  });

  it("forgets the oldest beyond its count, whole revisions at a time", () => {
    const recent = new RecentChanges(0, { maxEvents: 4, maxBytes: 100_000 });
    recent.add([change(1), change(2, "a"), change(2, "b")], 2);
    recent.add([change(3, "a"), change(3, "b")], 3);

    expect(recent.after(1, 10)).to.equal(undefined);
    expect(revisionsOf(recent.after(2, 10))).to.deep.equal([3, 3]);
  });

  it("forgets the oldest beyond its bytes, all of it if need be", () => {
    const recent = new RecentChanges(0, { maxEvents: 100, maxBytes: 1_000 });
    recent.add([change(1, "k", 300)], 1);
    recent.add([change(2, "k", 300)], 2);
    recent.add([change(3, "k", 450)], 3);
    expect(recent.after(1, 10)).to.equal(undefined);
    expect(revisionsOf(recent.after(2, 10))).to.deep.equal([3]);

    recent.add([change(4, "k", 5_000)], 4);
    expect(recent.after(3, 10)).to.equal(undefined);
    expect(revisionsOf(recent.after(4, 10))).to.deep.equal([]);
  });
});
