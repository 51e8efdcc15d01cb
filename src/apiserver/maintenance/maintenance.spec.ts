import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isNotFound } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { createLog } from "../../base/log.js";
import { Maintenance } from "./maintenance.js";

const minuteMs = 60_000;

describe("Maintenance", () => {
  let api: ResourcesInProcess;
  let stop: AbortController;
  let running: Promise<void>[];

  beforeEach(async () => {
    api = await startResourcesInProcess();
    stop = new AbortController();
    running = [];
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(running);
    await api.stop();
  });

  function run(clock: FakeClock, identity: string): void {
    const { objects, store } = api;
    running.push(new Maintenance({ objects, store, clock, log: createLog("test", "silent"), identity }).run(stop.signal));
  }
  const holder = async (): Promise<string | undefined> => {
    const key = { namespace: "kube-system", name: "compaction" };
    return (await api.objects.get(leaseKind, key, { kind: "latest" }, stop.signal)).object.spec.holderIdentity;
  };
  /** Lets minutes pass one by one, so that what a turn starts has real time to end. */
  async function pass(clock: FakeClock, minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      await clock.advance(minuteMs);
      await api.caches.of(leaseKind).reach({ kind: "latest" }, stop.signal);
    }
  }

  it("drops history once it is ten minutes old, and none before", async () => {
    const clock = new FakeClock();
    const born = await api.store.currentRevision();
    run(clock, "one");
    await pass(clock, 9);
    expect(await api.store.compactedRevision()).to.equal(0);
    await pass(clock, 6);
    const compacted = await api.store.compactedRevision();
    expect(compacted).to.be.at.least(born);
    expect(compacted).to.be.lessThan(await api.store.currentRevision());
  });

  it("removes Events a day after they happened last", async () => {
    const clock = new FakeClock();
    const event = async (name: string, ageHours: number): Promise<void> => {
      const lastTimestamp = timeFromMs(clock.now() - ageHours * 60 * minuteMs);
      const object = makeWhole(eventKind, { metadata: { name, namespace: "default", uid: name }, lastTimestamp });
      await api.objects.create(eventKind, object, { signal: stop.signal });
    };
    await event("old", 25);
    await event("young", 23);
    await api.caches.of(eventKind).reach({ kind: "latest" }, stop.signal);
    run(clock, "one");
    await pass(clock, 1);
    const find = (name: string) => api.objects.get(eventKind, { namespace: "default", name }, { kind: "latest" }, stop.signal);
    expect(isNotFound(await find("old").catch((error: unknown) => error))).to.equal(true);
    expect((await find("young")).object.metadata.name).to.equal("young");
  });

  it("is one server's turn, until that one is gone", async () => {
    const clocks = [new FakeClock(), new FakeClock()] as const;
    run(clocks[0], "one");
    await pass(clocks[0], 1);
    run(clocks[1], "two");
    for (let period = 0; period < 3; period++) {
      await pass(clocks[0], 5);
      await pass(clocks[1], 5);
      expect(await holder()).to.equal("one");
    }
    // The first does not come back: the second sees the Lease unchanged for a whole period of its own.
    await pass(clocks[1], 10);
    expect(await holder()).to.equal("two");
  });
});
