import { expect } from "chai";
import { isCompacted, isFutureRevision } from "../../../src/storage/errors.js";
import type { Store } from "../../../src/storage/interface.js";
import { bytes, text } from "./bytes.js";
import { rejection } from "./rejection.js";
import type { Subject } from "./store-suite.js";
import { takeChanges } from "./take-changes.js";
import { writeMany } from "./write-many.js";

interface History {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly last: number;
}

/** Registers what compaction must do: forget the past up to a point, and nothing else. */
export function compactionConforms(subject: () => Subject): void {
  describe("compaction", () => {
    it("refuses lists and watches of what is gone, and says where history begins", async () => {
      const { store, prefix } = subject();
      const { created, updated } = await writeHistory(store, prefix);

      await store.compact(updated);

      const errors = [
        await rejection(store.list(prefix, { atRevision: created })),
        await rejection(takeChanges(store, prefix, created, 1)),
        await rejection(takeChanges(store, prefix, updated - 1, 1)),
      ];
      expect(errors.map(isCompacted)).to.deep.equal([true, true, true]);
      expect(errors.slice(1).map((error) => isCompacted(error) && error.compactedRevision)).to.deep.equal([updated, updated]);
      expect(await store.compactedRevision()).to.equal(updated);
    });

    it("keeps the state at its revision, and all that came after", async () => {
      const { store, prefix } = subject();
      const { updated, deleted, last } = await writeHistory(store, prefix);

      await store.compact(updated);

      const { values } = await store.list(prefix, { atRevision: updated });
      expect(values.map((value) => [value.key.slice(prefix.length), text(value)])).to.deep.equal([
        ["doomed", "1"],
        ["kept", "2"],
      ]);
      expect(await takeChanges(store, prefix, updated, 2)).to.deep.equal([
        { type: "delete", key: `${prefix}doomed`, revision: deleted, value: undefined, previous: "1" },
        { type: "put", key: `${prefix}kept`, revision: last, value: "3", previous: "2" },
      ]);
    });

    it("keeps the present, and does not bring back what was deleted", async () => {
      const { store, prefix } = subject();
      await writeHistory(store, prefix);

      await store.compact(await store.currentRevision());

      const { values } = await store.list(prefix);
      expect(values.map((value) => [value.key.slice(prefix.length), text(value)])).to.deep.equal([["kept", "3"]]);
      expect((await store.get(`${prefix}doomed`)).value).to.equal(undefined);
      const again = await store.create(`${prefix}doomed`, bytes("new"));
      expect((await store.get(`${prefix}doomed`)).value?.revision).to.equal(again);
    });

    it("can be asked for twice, and for a point it has passed, but not for the future", async () => {
      const { store, prefix } = subject();
      const { created, updated } = await writeHistory(store, prefix);

      await store.compact(updated);
      await store.compact(updated);
      await store.compact(created);

      expect(await store.compactedRevision()).to.equal(updated);
      const ahead = (await store.currentRevision()) + 1_000;
      expect(isFutureRevision(await rejection(store.compact(ahead)))).to.equal(true);
    });

    it("lets the pages of its own revision be read on, and refuses those of an older one", async () => {
      const { store, prefix } = subject();
      await writeMany(store, { prefix, count: 6 });
      const first = await store.list(prefix, { limit: 2 });
      const after = first.values.at(-1)?.key ?? "";
      await store.create(`${prefix}zzz`, bytes("late"));

      await store.compact(first.revision);
      const second = await store.list(prefix, { limit: 2, after, atRevision: first.revision });
      await store.compact(await store.currentRevision());
      const refused = await rejection(store.list(prefix, { limit: 2, after, atRevision: first.revision }));

      expect([second.values.length, second.remaining, second.revision]).to.deep.equal([2, 2, first.revision]);
      expect(isCompacted(refused)).to.equal(true);
    });

    it("never makes a watch that stands still pass over a change: it is told of all, or that it cannot be", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const stop = new AbortController();
      const watch = store.watch(prefix, start, stop.signal)[Symbol.asyncIterator]();
      const written = [...(await writeMany(store, { prefix, count: 1 }))];
      const seen: number[] = [];
      const take = async (): Promise<void> => {
        const { value: events } = await watch.next();
        for (const { type, revision } of events) if (type !== "progress") seen.push(revision);
      };
      while (seen.length === 0) await take();

      written.push(...(await writeMany(store, { prefix, from: 1, count: 2_499, value: Buffer.alloc(2_000) })));
      await store.compact(await store.currentRevision());
      let refusal: unknown;
      while (seen.length < written.length && refusal === undefined) {
        refusal = await take().then(
          () => undefined,
          (error: unknown) => error,
        );
      }
      stop.abort();

      expect(seen).to.deep.equal(written.slice(0, seen.length));
      if (refusal !== undefined) expect(isCompacted(refusal)).to.equal(true);
    });

    it("leaves a watch alone that has seen what it drops", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const watched = takeChanges(store, prefix, start, 5);
      const { last } = await writeHistory(store, prefix);
      await takeChanges(store, prefix, last - 1, 1);

      await store.compact(last);
      const after = await store.create(`${prefix}after`, bytes("1"));

      expect((await watched).at(-1)?.revision).to.be.oneOf([last, after]);
      expect(await takeChanges(store, prefix, last, 1)).to.have.lengthOf(1);
    });
  });
}

async function writeHistory(store: Store, prefix: string): Promise<History> {
  const created = await store.create(`${prefix}kept`, bytes("1"));
  const doomed = await store.create(`${prefix}doomed`, bytes("1"));
  const updated = await store.update(`${prefix}kept`, bytes("2"), created);
  const deleted = await store.delete(`${prefix}doomed`, doomed);
  const last = await store.update(`${prefix}kept`, bytes("3"), updated);
  return { created, updated, deleted, last };
}
