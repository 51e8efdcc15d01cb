import { expect } from "chai";
import { isCompacted, isFutureRevision } from "../../../src/storage/errors.js";
import type { Store } from "../../../src/storage/interface.js";
import { bytes, text } from "./bytes.js";
import { rejection } from "./rejection.js";
import type { Subject } from "./store-suite.js";
import { takeChanges } from "./take-changes.js";

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
