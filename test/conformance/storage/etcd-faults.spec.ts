import { expect } from "chai";
import { isAbort } from "../../../src/base/abort.js";
import { type Clock, systemClock } from "../../../src/base/clock.js";
import { createLog } from "../../../src/base/log.js";
import { isCompacted, isStoreUnavailable } from "../../../src/storage/errors.js";
import { openEtcdStore } from "../../../src/storage/etcd/index.js";
import type { Store, StoreEvent } from "../../../src/storage/interface.js";
import { eventually } from "../../eventually.js";
import { skipBecause } from "../../skip.js";
import { bytes, text } from "./bytes.js";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.js";
import { type EtcdProcess, etcdAbsence, startEtcd } from "./etcd-process.js";
import { startEtcdOfVersion } from "./old-etcd.js";
import { rejection } from "./rejection.js";
import { changesUntilProgress, takeChanges } from "./take-changes.js";
import { writeMany } from "./write-many.js";

const log = createLog("test", "silent");
/** Reconnects at once, so that many cuts take little time. */
const hasty: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) };
/** Three batches of etcd's, which takes a thousand revisions at a time; and what it sends in fragments that end within revisions. */
const pasts = [
  ["many revisions", { count: 2_500, writers: 1 }],
  ["large ones", { count: 1_600, value: Buffer.alloc(8_000) }],
] as const;
const rounds = 20;

describe("the etcd store under faults", function () {
  this.timeout(60_000);
  let etcd: EtcdProcess;
  let proxy: CuttingProxy;
  /** Not through the proxy. */
  let direct: Store;
  let proxied: Store;
  let tests = 0;
  let prefix = "";

  before(async function () {
    const absence = etcdAbsence();
    if (absence !== undefined) skipBecause(this, absence);
    etcd = await startEtcd();
  });
  beforeEach(async () => {
    prefix = `/faults/${++tests}/`;
    proxy = await startCuttingProxy(etcd.endpoint);
    direct = await openEtcdStore({ endpoints: [etcd.endpoint], log });
    proxied = await openEtcdStore({ endpoints: [proxy.endpoint], log, clock: hasty });
  });
  afterEach(async () => {
    etcd.resume();
    await proxied.close();
    await direct.close();
    await proxy.close();
  });
  after(async () => {
    await etcd?.stop();
  });

  for (const [what, writes] of pasts) {
    it(`delivers every change once and in order, wherever its catching up on ${what} is cut off`, async () => {
      const start = await direct.currentRevision();
      const written = await writeMany(direct, { prefix, ...writes });
      const receivedBefore = proxy.received;
      await takeChanges(proxied, prefix, start, writes.count);
      const whole = proxy.received - receivedBefore;
      // Before the first byte, in the handshake, in and between the batches of a thousand, and before the end: not right
      // before it, for the next time may take fewer frames.
      const points = [0, 9, 60, 130, ...[1, 2, 3, 4, 5, 6, 7, 7.9].map((part) => Math.floor((whole * part) / 8))];

      for (const point of points) {
        proxy.cutAll();
        proxy.cutNextAfter([point]);
        const cutsBefore = proxy.cuts;
        const changes = await takeChanges(proxied, prefix, start, writes.count);

        expect(
          changes.map(({ revision }) => revision),
          `cut after ${point} of ${whole} bytes`,
        ).to.deep.equal(written);
        expect(proxy.cuts, `cut after ${point} of ${whole} bytes`).to.be.greaterThan(cutsBefore);
      }
      expect(await changesUntilProgress(proxied, prefix, written.at(-1) ?? 0)).to.deep.equal([]);
    });
  }

  it("delivers every change once and in order while connections keep breaking", async () => {
    const start = await direct.currentRevision();
    const changes = changesOf(proxied.watch(prefix, start, new AbortController().signal));
    const revisions: number[] = [];
    const written: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const writing = writeMany(direct, { prefix: `${prefix}${round}/`, count: 100, writers: 8 });
      // A round's first change comes over a connection made since the last cut: each round cuts one, amid its writes.
      revisions.push((await changes.next()).value.revision);
      proxy.cutAll();
      for (let taken = 1; taken < 100; taken++) revisions.push((await changes.next()).value.revision);
      written.push(...(await writing));
    }
    await changes.return(undefined as never);

    expect(revisions).to.deep.equal(written);
    expect(proxy.cuts).to.be.at.least(rounds);
  });

  it("ends a watch whose changes were compacted away while it was cut off", async () => {
    const start = await direct.currentRevision();
    const events = proxied.watch(prefix, start, new AbortController().signal)[Symbol.asyncIterator]();
    await direct.create(`${prefix}a`, bytes("1"));
    await events.next();
    proxy.refuse(true);
    proxy.cutAll();
    await direct.create(`${prefix}b`, bytes("1"));
    const last = await direct.create(`${prefix}c`, bytes("1"));
    await direct.compact(last);
    proxy.refuse(false);

    const error = await rejection(untilChange(events));

    expect(isCompacted(error) && error.compactedRevision).to.equal(last);
  });

  it("uses the endpoint that works, for calls and for watches", async () => {
    proxy.refuse(true);
    const store = await openEtcdStore({ endpoints: [proxy.endpoint, etcd.endpoint], log, clock: hasty });
    try {
      const created = await store.create(`${prefix}a`, bytes("1"));

      expect(text((await store.get(`${prefix}a`)).value)).to.equal("1");
      expect(await takeChanges(store, prefix, created - 1, 1)).to.have.lengthOf(1);
    } finally {
      await store.close();
    }
  });

  it("gives up on an etcd that stands still, and goes on when it does", async () => {
    const created = await direct.create(`${prefix}a`, bytes("1"));
    await etcd.suspend();
    const stop = new AbortController();
    const canceled = rejection(direct.get(`${prefix}a`, stop.signal));
    const read = rejection(direct.get(`${prefix}a`));
    const written = rejection(direct.update(`${prefix}a`, bytes("2"), created));
    stop.abort();

    expect(isAbort(await canceled)).to.equal(true);
    expect([await read, await written].map(isStoreUnavailable)).to.deep.equal([true, true]);
    etcd.resume();
    expect((await eventually(() => direct.get(`${prefix}a`))).value?.key).to.equal(`${prefix}a`);
  });

  it("says that it is unavailable while etcd is down, and goes on with its watches once it is back", async () => {
    const start = await proxied.currentRevision();
    const watched = takeChanges(proxied, prefix, start, 2);
    const before = await direct.create(`${prefix}a`, bytes("1"));
    await etcd.kill();
    const error = await rejection(direct.create(`${prefix}b`, bytes("1")));
    await etcd.restart();
    await eventually(() => direct.currentRevision());
    const after = await direct.create(`${prefix}b`, bytes("1"));

    expect(isStoreUnavailable(error)).to.equal(true);
    expect((await watched).map(({ revision }) => revision)).to.deep.equal([before, after]);
  });

  it("gives many that open it at once one identity", async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => openEtcdStore({ endpoints: [etcd.endpoint], log })));
    for (const store of stores) await store.close();

    expect(new Set(stores.map(({ clusterUid }) => clusterUid)).size).to.equal(1);
  });
});

describe("openEtcdStore", () => {
  it("refuses an etcd that is too old, and says so", async () => {
    const old = await startEtcdOfVersion("3.4.23");
    try {
      const error = await rejection(openEtcdStore({ endpoints: [old.endpoint], log }));

      expect(String(error)).to.contain("etcd 3.4.23 is too old: 3.5.8 or newer is needed");
    } finally {
      old.stop();
    }
  });

  it("says when nothing answers", async () => {
    expect(isStoreUnavailable(await rejection(openEtcdStore({ endpoints: ["127.0.0.1:1"], log, clock: hasty })))).to.equal(true);
  });

  for (const endpoint of ["", "etcd", "ftp://etcd:2379", "etcd:port"]) {
    it(`refuses the endpoint "${endpoint}"`, async () => {
      expect(String(await rejection(openEtcdStore({ endpoints: [endpoint], log })))).to.contain("is not an etcd endpoint");
    });
  }
});

/** A watch's changes, one at a time. */
async function* changesOf(watch: AsyncIterable<readonly StoreEvent[]>): AsyncGenerator<Exclude<StoreEvent, { type: "progress" }>, never> {
  for await (const events of watch) for (const event of events) if (event.type !== "progress") yield event;
  throw new Error("the watch ended");
}

async function untilChange(events: AsyncIterator<unknown>): Promise<never> {
  for (;;) await events.next();
}
