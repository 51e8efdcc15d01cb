import { expect } from "chai";
import { isFutureRevision } from "../../../src/storage/errors.js";
import type { Listing, Store } from "../../../src/storage/interface.js";
import { bytes, text } from "./bytes.js";
import { rejection } from "./rejection.js";
import type { Subject } from "./store-suite.js";
import { writeMany } from "./write-many.js";

/** Registers what lists must do: order, pages, the past. */
export function listsConform(subject: () => Subject): void {
  describe("lists", () => {
    it("show what is under the prefix, in the order of the keys' bytes", async () => {
      const { store, prefix } = subject();
      const names = ["a", "a-b", "a/b", "aa", "b", "\u{e9}", "\u{ffe6}", "\u{1f600}"];
      for (const name of [...names].reverse()) await store.create(`${prefix}in/${name}`, bytes(name));
      await store.create(`${prefix}in`, bytes("the prefix without its slash"));
      await store.create(`${prefix}in0`, bytes("a sibling that sorts right after"));

      const { values, remaining } = await store.list(`${prefix}in/`);

      expect(values.map((value) => text(value))).to.deep.equal(names);
      expect(values.map(({ key }) => key)).to.deep.equal(names.map((name) => `${prefix}in/${name}`));
      expect(remaining).to.equal(0);
    });

    it("show the state of an old revision", async () => {
      const { store, prefix } = subject();
      const created = await store.create(`${prefix}changed`, bytes("old"));
      const doomed = await store.create(`${prefix}deleted`, bytes("old"));
      const then = await store.create(`${prefix}same`, bytes("old"));
      await store.update(`${prefix}changed`, bytes("new"), created);
      await store.delete(`${prefix}deleted`, doomed);
      await store.create(`${prefix}later`, bytes("new"));

      const past = await store.list(prefix, { atRevision: then });
      const present = await store.list(prefix);

      expect(past.revision).to.equal(then);
      expect(past.values.map((value) => [value.key.slice(prefix.length), text(value), value.revision])).to.deep.equal([
        ["changed", "old", created],
        ["deleted", "old", doomed],
        ["same", "old", then],
      ]);
      expect(present.values.map((value) => [value.key.slice(prefix.length), text(value)])).to.deep.equal([
        ["changed", "new"],
        ["later", "new"],
        ["same", "old"],
      ]);
      expect(present.revision).to.be.at.least(then + 3);
    });

    it("page consistently through one revision while it changes", async () => {
      const { store, prefix } = subject();
      const revisions: number[] = [];
      for (let index = 0; index < 25; index += 1) revisions.push(await store.create(keyOf(prefix, index), bytes(String(index))));

      const pages: Listing[] = [await store.list(prefix, { limit: 10 })];
      await store.delete(keyOf(prefix, 12), revisions[12] ?? 0);
      await store.update(keyOf(prefix, 13), bytes("changed"), revisions[13] ?? 0);
      await store.create(`${keyOf(prefix, 14)}-late`, bytes("late"));
      for (let last = pages.at(-1); last !== undefined && last.remaining > 0; last = pages.at(-1)) {
        pages.push(await nextPage(store, prefix, last));
      }

      expect(pages.map(({ values, remaining }) => [values.length, remaining])).to.deep.equal([
        [10, 15],
        [10, 5],
        [5, 0],
      ]);
      expect(pages.flatMap(({ values }) => values.map((value) => text(value)))).to.deep.equal(revisions.map((_, index) => String(index)));
      expect(new Set(pages.map(({ revision }) => revision)).size).to.equal(1);
    });

    it("go on after a key, and count what remains exactly", async () => {
      const { store, prefix } = subject();
      for (const name of ["a", "b", "c", "d"]) await store.create(prefix + name, bytes(name));

      const listings = [
        await store.list(prefix, { after: `${prefix}b` }),
        await store.list(prefix, { after: `${prefix}b`, limit: 1 }),
        await store.list(prefix, { after: `${prefix}bb`, limit: 2 }),
        await store.list(prefix, { after: `${prefix}d`, limit: 2 }),
        await store.list(`${prefix}none/`, { limit: 2 }),
      ];

      expect(listings.map(({ values, remaining }) => [values.map((value) => text(value)).join(""), remaining])).to.deep.equal([
        ["cd", 0],
        ["c", 1],
        ["cd", 0],
        ["", 0],
        ["", 0],
      ]);
    });

    it("carry more than one message of four megabytes can hold", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const large = Buffer.alloc(900_000, "x");
      for (let index = 0; index < 8; index += 1) await store.create(keyOf(prefix, index), large);

      const { values } = await store.list(prefix);

      expect(values.map(({ value }) => value.length)).to.deep.equal(Array(8).fill(large.length));
    });

    it("read thousands of keys whole", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const names = Array.from({ length: 2_300 }, (_, index) => keyOf(prefix, index));
      await writeMany(store, { prefix, count: names.length, nameOf: (index) => keyOf("", index) });

      const all = await store.list(prefix);
      const some = await store.list(prefix, { limit: 1_200 });

      expect(all.values.map(({ key }) => key)).to.deep.equal(names);
      expect([some.values.length, some.remaining]).to.deep.equal([1_200, 1_100]);
    });

    it("refuse a revision that is yet to come", async () => {
      const { store, prefix } = subject();
      const ahead = (await store.currentRevision()) + 1_000;

      expect(isFutureRevision(await rejection(store.list(prefix, { atRevision: ahead })))).to.equal(true);
    });
  });
}

const keyOf = (prefix: string, index: number): string => `${prefix}${String(index).padStart(5, "0")}`;

function nextPage(store: Store, prefix: string, last: Listing): Promise<Listing> {
  return store.list(prefix, { limit: 10, after: last.values.at(-1)?.key ?? "", atRevision: last.revision });
}
