import { expect } from "chai";
import { isGuardFailure, isKeyExists, isRevisionMismatch } from "../../../src/storage/errors.js";
import type { Store } from "../../../src/storage/interface.js";
import { bytes, text } from "./bytes.js";
import { rejection } from "./rejection.js";
import type { Subject } from "./store-suite.js";
import { takeChanges } from "./take-changes.js";

/** Registers what writes must do: conditions, guards, revisions. */
export function writesConform(subject: () => Subject): void {
  describe("writes", () => {
    it("creates a key once, however many try at the same time", async () => {
      const { store, prefix } = subject();
      const key = `${prefix}contested`;

      const results = await Promise.allSettled(Array.from({ length: 20 }, (_, writer) => store.create(key, bytes(`writer ${writer}`))));

      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect(results.filter(({ status }) => status === "fulfilled")).to.have.lengthOf(1);
      expect(results.filter((result) => result.status === "rejected" && isKeyExists(result.reason))).to.have.lengthOf(19);
      expect(text((await store.get(key)).value)).to.equal(`writer ${winner}`);
    });

    it("shows a write as soon as it is acknowledged", async () => {
      const { store, prefix } = subject();
      const created = await store.create(`${prefix}a`, bytes("1"));
      const { value, revision } = await store.get(`${prefix}a`);

      expect(value).to.deep.include({ key: `${prefix}a`, revision: created });
      expect(text(value)).to.equal("1");
      expect(revision).to.be.at.least(created);
      expect(await store.currentRevision()).to.be.at.least(created);
    });

    it("updates only the revision that the writer knew", async () => {
      const { store, prefix } = subject();
      const first = await store.create(`${prefix}a`, bytes("1"));
      const second = await store.update(`${prefix}a`, bytes("2"), first);

      const error = await rejection(store.update(`${prefix}a`, bytes("3"), first));

      expect(second).to.be.greaterThan(first);
      expect(isRevisionMismatch(error) && error.actual).to.equal(second);
      expect(text((await store.get(`${prefix}a`)).value)).to.equal("2");
    });

    it("neither updates nor deletes what is not there", async () => {
      const { store, prefix } = subject();
      const updated = await rejection(store.update(`${prefix}absent`, bytes("1"), 1));
      const deleted = await rejection(store.delete(`${prefix}absent`, 1));
      const deletedAsAbsent = await rejection(store.delete(`${prefix}absent`, 0));

      for (const error of [updated, deleted, deletedAsAbsent]) expect(isRevisionMismatch(error) && error.actual).to.equal(0);
    });

    it("gives a deletion a revision of its own, and lets the key be made anew", async () => {
      const { store, prefix } = subject();
      const created = await store.create(`${prefix}a`, bytes("1"));
      const stale = await rejection(store.delete(`${prefix}a`, created - 1));
      const deleted = await store.delete(`${prefix}a`, created);
      const gone = await store.get(`${prefix}a`);
      const recreated = await store.create(`${prefix}a`, bytes("2"));

      expect(isRevisionMismatch(stale) && stale.actual).to.equal(created);
      expect(deleted).to.be.greaterThan(created);
      expect(gone.value).to.equal(undefined);
      expect(recreated).to.be.greaterThan(deleted);
      expect(text((await store.get(`${prefix}a`)).value)).to.equal("2");
    });

    it("loses no update among concurrent writers", async () => {
      const { store, prefix } = subject();
      const key = `${prefix}counter`;
      await store.create(key, bytes("0"));

      await Promise.all(Array.from({ length: 8 }, () => increment(store, key, 15)));

      expect(text((await store.get(key)).value)).to.equal("120");
    });

    it("keeps an empty value apart from none", async () => {
      const { store, prefix } = subject();
      await store.create(`${prefix}empty`, bytes(""));

      expect(text((await store.get(`${prefix}empty`)).value)).to.equal("");
    });
  });

  describe("guards", () => {
    it("let a write through while they hold", async () => {
      const { store, prefix } = subject();
      const fence = await store.create(`${prefix}fence`, bytes("leader 1"));
      const guards = [
        { key: `${prefix}fence`, revision: fence },
        { key: `${prefix}absent`, revision: 0 },
      ];

      const created = await store.create(`${prefix}a`, bytes("1"), { guards });
      const updated = await store.update(`${prefix}a`, bytes("2"), created, { guards });
      const deleted = await store.delete(`${prefix}a`, updated, { guards });

      expect([fence, created, updated, deleted]).to.deep.equal([...new Set([fence, created, updated, deleted])].sort((a, b) => a - b));
    });

    it("stop a write once what they name has changed, whatever the key itself is", async () => {
      const { store, prefix } = subject();
      const fence = await store.create(`${prefix}fence`, bytes("leader 1"));
      const target = await store.create(`${prefix}a`, bytes("1"));
      await store.update(`${prefix}fence`, bytes("leader 2"), fence);
      const guards = [{ key: `${prefix}fence`, revision: fence }];

      const errors = [
        await rejection(store.update(`${prefix}a`, bytes("2"), target, { guards })),
        await rejection(store.update(`${prefix}a`, bytes("2"), target - 1, { guards })),
        await rejection(store.delete(`${prefix}a`, target, { guards })),
        await rejection(store.create(`${prefix}b`, bytes("2"), { guards })),
        await rejection(store.create(`${prefix}c`, bytes("2"), { guards: [{ key: `${prefix}a`, revision: 0 }] })),
      ];

      expect(errors.map((error) => isGuardFailure(error) && error.key)).to.deep.equal([...Array(4).fill(`${prefix}fence`), `${prefix}a`]);
      const { values } = await store.list(prefix);
      expect(values.map(({ key }) => key)).to.deep.equal([`${prefix}a`, `${prefix}fence`]);
      expect(text(values[0])).to.equal("1");
    });
  });

  describe("keys written along", () => {
    it("change in the same transaction, seen by their own watches at the same revision", async () => {
      const { store, prefix } = subject();
      const before = await store.create(`${prefix}fences/a`, bytes("0"));
      const also = [{ key: `${prefix}fences/a`, value: bytes("1") }];

      const revision = await store.create(`${prefix}leases/a`, bytes("lease"), { also });

      const [fence] = await takeChanges(store, `${prefix}fences/`, before, 1);
      expect(fence).to.deep.equal({ type: "put", key: `${prefix}fences/a`, revision, value: "1", previous: "0" });
      const [lease] = await takeChanges(store, `${prefix}leases/`, before, 1);
      expect(lease?.revision).to.equal(revision);
      expect((await store.get(`${prefix}fences/a`)).value?.revision).to.equal(revision);
    });

    it("stay as they were when the write is refused", async () => {
      const { store, prefix } = subject();
      await store.create(`${prefix}leases/a`, bytes("lease"));

      await rejection(store.create(`${prefix}leases/a`, bytes("lease"), { also: [{ key: `${prefix}fences/a`, value: bytes("1") }] }));

      expect((await store.get(`${prefix}fences/a`)).value).to.equal(undefined);
    });
  });
}

async function increment(store: Store, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const { value } = await store.get(key);
    try {
      await store.update(key, bytes(String(Number(text(value)) + 1)), value?.revision ?? 0);
      done += 1;
    } catch (error: unknown) {
      if (!isRevisionMismatch(error)) throw error;
    }
  }
}
