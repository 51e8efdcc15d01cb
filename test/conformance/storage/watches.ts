import { expect } from "chai";
import { isAbort } from "../../../src/base/abort.js";
import { isStoreUnavailable } from "../../../src/storage/errors.js";
import type { StoreEvent } from "../../../src/storage/interface.js";
import { bytes } from "./bytes.js";
import { rejection } from "./rejection.js";
import type { Subject } from "./store-suite.js";
import { changesUntilProgress, describeChange, splitRevisions, takeBatches, takeChanges, takeWholeRevisions } from "./take-changes.js";
import { writeMany, writePairs } from "./write-many.js";

/** Registers what watches must do: everything, once, in order. */
export function watchesConform(subject: () => Subject): void {
  describe("watches", () => {
    it("deliver changes in order, with what was there before", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const live = takeChanges(store, prefix, start, 4);
      const created = await store.create(`${prefix}a`, bytes("1"));
      const updated = await store.update(`${prefix}a`, bytes("2"), created);
      await store.create(`${prefix.slice(0, -1)}-sibling`, bytes("not under the prefix"));
      const deleted = await store.delete(`${prefix}a`, updated);
      const recreated = await store.create(`${prefix}a`, bytes("3"));

      const expected = [
        { type: "put", key: `${prefix}a`, revision: created, value: "1", previous: undefined },
        { type: "put", key: `${prefix}a`, revision: updated, value: "2", previous: "1" },
        { type: "delete", key: `${prefix}a`, revision: deleted, value: undefined, previous: "2" },
        { type: "put", key: `${prefix}a`, revision: recreated, value: "3", previous: undefined },
      ];
      expect(await live).to.deep.equal(expected);
      expect(await takeChanges(store, prefix, start, 4)).to.deep.equal(expected);
      expect(await takeChanges(store, prefix, created, 3)).to.deep.equal(expected.slice(1));
      expect(await takeChanges(store, prefix, deleted, 1)).to.deep.equal(expected.slice(3));
    });

    it("read back thousands of revisions and go over to the present without a seam", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      // One after the other: each has a revision of its own.
      const past = await writeMany(store, { prefix, count: 2_500, writers: 1 });

      const watched = takeChanges(store, prefix, start, 3_000);
      const present = await writeMany(store, { prefix, from: 2_500, count: 500 });

      const changes = await watched;
      expect(changes.map(({ revision }) => revision)).to.deep.equal([...past, ...present]);
      expect(new Set(changes.map(({ key }) => key)).size).to.equal(3_000);
    });

    it("resume where they were left, again and again", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const written = await writeMany(store, { prefix, count: 100 });

      const seen: number[] = [];
      while (seen.length < written.length) {
        const changes = await takeWholeRevisions(store, prefix, seen.at(-1) ?? start, Math.min(7, written.length - seen.length));
        seen.push(...changes.map(({ revision }) => revision));
      }

      expect(seen).to.deep.equal(written);
    });

    it("resume at every seam of the batches in which the past is read", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const written = await writeMany(store, { prefix, count: 2_100, writers: 1 });

      for (const place of [0, 1, 255, 256, 257, 999, 1_000, 1_001, 1_999, 2_000, 2_001, 2_099]) {
        const changes = await takeChanges(store, prefix, written[place - 1] ?? start, Math.min(3, written.length - place));
        expect(
          changes.map(({ revision }) => revision),
          `after ${place}`,
        ).to.deep.equal(written.slice(place, place + 3));
      }
    });

    it("report progress only after all that it covers, whatever is written meanwhile", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const stop = new AbortController();
      const writing = writeMany(store, { prefix, count: 300 });
      const seen: number[] = [];
      const reports: { readonly revision: number; readonly seen: number }[] = [];
      await store.requestProgress();
      for await (const events of store.watch(prefix, start, stop.signal)) {
        for (const event of events) {
          if (event.type === "progress") reports.push({ revision: event.revision, seen: seen.length });
          else seen.push(event.revision);
        }
        if (seen.length % 20 === 0) await store.requestProgress();
        if (seen.length === 300 && reports.some((report) => report.revision >= (seen.at(-1) ?? 0))) break;
      }
      stop.abort();

      const written = await writing;
      expect(seen).to.deep.equal(written);
      for (const report of reports) {
        expect(report.seen, `reported up to ${report.revision}`).to.equal(written.filter((revision) => revision <= report.revision).length);
      }
      expect(reports.map(({ revision }) => revision)).to.deep.equal(reports.map(({ revision }) => revision).sort((a, b) => a - b));
    });

    it("wait for a consumer that stands still, and lose nothing of what happens meanwhile", async function () {
      this.timeout(60_000);
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const stop = new AbortController();
      const watch = store.watch(prefix, start, stop.signal)[Symbol.asyncIterator]();
      await writeMany(store, { prefix, count: 1 });
      const events: StoreEvent[] = [...(await watch.next()).value];

      await writeMany(store, { prefix, from: 1, count: 4_999, value: Buffer.alloc(1_000) });
      const changes = [];
      while (changes.length < 5_000) {
        if (events.length === 0) events.push(...(await watch.next()).value);
        for (const event of events.splice(0)) if (event.type !== "progress") changes.push(describeChange(event));
      }
      stop.abort();

      const revisions = changes.map(({ revision }) => revision);
      expect(new Set(changes.map(({ key }) => key)).size).to.equal(5_000);
      expect(revisions).to.deep.equal([...revisions].sort((a, b) => a - b));
    });

    it("report progress when asked, after all that came before", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const written = await writeMany(store, { prefix, count: 50 });

      const changes = await changesUntilProgress(store, prefix, start);

      expect(changes.map(({ revision }) => revision)).to.deep.equal(written);
    });

    it("report progress past changes elsewhere", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      await writeMany(store, { prefix: `${prefix}elsewhere/`, count: 3 });

      // Ends only when progress has reached the revision of the changes elsewhere.
      expect(await changesUntilProgress(store, `${prefix}here/`, start)).to.deep.equal([]);
    });

    it("tell all that was committed at one revision at once", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const fence = await store.create(`${prefix}fence`, bytes("1"));
      const guards = [{ key: `${prefix}fence`, revision: fence - 1 }];
      const refused = rejection(store.create(`${prefix}refused`, bytes("x"), { guards }));
      await Promise.all([refused, writePairs(store, prefix, 300)]);

      const batches = await takeBatches(store, prefix, start, 601);

      expect(splitRevisions(batches)).to.deep.equal([]);
      expect(batches.filter((events) => events.length === 0)).to.deep.equal([]);
    });

    it("give every watcher the same", async () => {
      const { store, prefix } = subject();
      const start = await store.currentRevision();
      const watchers = Array.from({ length: 10 }, () => takeChanges(store, prefix, start, 60));
      await writeMany(store, { prefix, count: 60 });

      const [first, ...others] = await Promise.all(watchers);
      for (const other of others) expect(other).to.deep.equal(first);
      expect(first).to.have.lengthOf(60);
    });

    it("end with an abort error when told to", async () => {
      const { store, prefix } = subject();
      const stop = new AbortController();
      const watched = rejection(drain(store.watch(prefix, await store.currentRevision(), stop.signal)));
      stop.abort();

      expect(isAbort(await watched)).to.equal(true);
      expect(isAbort(await rejection(drain(store.watch(prefix, 0, stop.signal))))).to.equal(true);
    });

    it("end when the store is closed, as do all calls", async () => {
      const { store, prefix } = subject();
      const watched = rejection(drain(store.watch(prefix, await store.currentRevision(), new AbortController().signal)));
      await store.close();

      const errors = [await watched, await rejection(store.get(`${prefix}a`)), await rejection(store.create(`${prefix}a`, bytes("1")))];
      expect(errors.map(isStoreUnavailable)).to.deep.equal([true, true, true]);
    });
  });
}

async function drain(watch: AsyncIterable<readonly StoreEvent[]>): Promise<void> {
  for await (const events of watch) if (events.some(({ type }) => type === "delete")) throw new Error("nothing was deleted");
}
