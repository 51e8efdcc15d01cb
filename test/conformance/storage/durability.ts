import { expect } from "chai";
import type { Listing } from "../../../src/storage/interface.js";
import { bytes } from "./bytes.js";
import type { Subject } from "./store-suite.js";
import { splitRevisions, takeBatches, takeChanges } from "./take-changes.js";
import { writeMany, writePairs } from "./write-many.js";

/** Registers what must outlive processes: identity, revisions, history, and every acknowledged write. */
export function durabilityConforms(subject: () => Subject): void {
  describe("across restarts", () => {
    it("stays the same store, with its history", async () => {
      const { store, prefix, reopen } = subject();
      const created = await store.create(`${prefix}a`, bytes("1"));
      const updated = await store.update(`${prefix}a`, bytes("2"), created);
      const deleted = await store.delete(`${prefix}a`, updated);
      const uid = store.clusterUid;

      const reopened = await reopen();

      expect(reopened.clusterUid).to.equal(uid);
      expect(uid).to.match(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      expect((await reopened.list(prefix, { atRevision: created })).values).to.have.lengthOf(1);
      const changes = await takeChanges(reopened, prefix, created - 1, 3);
      expect(changes.map(({ revision, previous }) => [revision, previous])).to.deep.equal([
        [created, undefined],
        [updated, "1"],
        [deleted, "2"],
      ]);
    });

    it("goes on with the pages of an old revision", async () => {
      const { store, prefix, reopen } = subject();
      const written = await writeMany(store, { prefix, count: 25 });
      const first = await store.list(prefix, { limit: 10 });
      const [oldest] = await takeChanges(store, prefix, (written[0] ?? 0) - 1, 1);
      await store.delete(oldest?.key ?? "", oldest?.revision ?? 0);
      await store.create(`${prefix}zzz-late`, bytes("late"));

      const reopened = await reopen();
      const pages: Listing[] = [first];
      for (let last: Listing = first; last.remaining > 0; pages.push(last)) {
        last = await reopened.list(prefix, { limit: 10, after: last.values.at(-1)?.key ?? "", atRevision: first.revision });
      }

      expect(pages.map(({ values, remaining }) => [values.length, remaining])).to.deep.equal([
        [10, 15],
        [10, 5],
        [5, 0],
      ]);
      expect(pages.flatMap(({ values }) => values.map(({ revision }) => revision))).to.have.members(written);
      expect(new Set(pages.map(({ revision }) => revision))).to.deep.equal(new Set([first.revision]));
    });

    it("never gives a revision twice, even if the last change was a deletion that is compacted away", async () => {
      const { store, prefix, reopen } = subject();
      const created = await store.create(`${prefix}a`, bytes("1"));
      const deleted = await store.delete(`${prefix}a`, created);
      await store.compact(deleted);

      const reopened = await reopen();

      expect(await reopened.currentRevision()).to.be.at.least(deleted);
      expect(await reopened.compactedRevision()).to.equal(deleted);
      expect(await reopened.create(`${prefix}b`, bytes("1"))).to.be.greaterThan(deleted);
    });

    it("tells all that was committed at one revision at once, from disk too", async () => {
      const { store, prefix, reopen } = subject();
      const start = await store.currentRevision();
      await store.create(`${prefix}alone`, bytes("1"));
      await writePairs(store, prefix, 300);

      const batches = await takeBatches(await reopen(), prefix, start, 601);

      expect(splitRevisions(batches)).to.deep.equal([]);
    });

    it("keeps every acknowledged write through kill -9", async function () {
      this.timeout(60_000);
      const { store, prefix, underTest, reopen } = subject();
      await store.close();

      const acknowledged = await underTest.crashUnderLoad(prefix);

      const survivor = await reopen();
      const kept = new Map((await survivor.list(prefix)).values.map(({ key, revision }) => [key, revision]));
      expect(acknowledged.length).to.be.greaterThan(100);
      expect(acknowledged.filter(({ key, revision }) => kept.get(key) !== revision)).to.deep.equal([]);
      const next = await survivor.create(`${prefix}next`, bytes("1"));
      expect(next).to.be.greaterThan(Math.max(...kept.values()));
    });
  });
}
