import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { createLog } from "../../base/log.js";
import { RuntimeError } from "../runtime/errors.js";
import type { ImageStorage, ImageStore, ImageSummary } from "../runtime/image-store.js";
import { ImageCollector } from "./image-collector.js";
import { ImageRecords } from "./image-records.js";
import { defaultCollectionPolicy } from "./plan-collection.js";

const log = createLog("test", "silent");
const never = new AbortController().signal;
const hour = 3_600_000;

/** Images of 100 bytes each on a disk of 1000. */
class Disk implements Pick<ImageStore, "list" | "inUse" | "remove" | "storage"> {
  readonly images = new Map<string, ImageSummary>();
  readonly used = new Set<string>();
  readonly removed: string[] = [];
  availableBytes = 1_000;
  failure: Error | undefined;

  async list(): Promise<readonly ImageSummary[]> {
    if (this.failure !== undefined) throw this.failure;
    return [...this.images.values()];
  }

  async inUse(): Promise<ReadonlySet<string>> {
    return this.used;
  }

  async remove(name: string): Promise<void> {
    const id = name.split(":")[0] ?? "";
    if (id === "stuck") throw new RuntimeError("Failed", "image is in use");
    this.removed.push(name);
    this.images.delete(id);
    this.availableBytes += 100;
  }

  async storage(): Promise<ImageStorage> {
    return { capacityBytes: 1_000, availableBytes: this.availableBytes };
  }
}

describe("ImageCollector", () => {
  let clock: FakeClock;
  let disk: Disk;
  let records: ImageRecords;
  let collector: ImageCollector;
  let events: string[];
  let looks: number;

  beforeEach(async () => {
    clock = new FakeClock();
    disk = new Disk();
    records = new ImageRecords("/nonexistent/images", { clock, log });
    events = [];
    looks = 0;
    collector = new ImageCollector({
      images: disk as unknown as ImageStore,
      records,
      policy: defaultCollectionPolicy,
      event: ({ reason, message }) => events.push(`${reason}: ${message}`),
      looked: () => {
        looks += 1;
      },
      removed: () => undefined,
      clock,
      log,
    });
  });

  /** Pulled an hour after the one before. */
  async function pulled(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      disk.images.set(id, { id, references: [`${id}:1`], digests: [], sizeBytes: 100 });
      records.pulled(id, `${id}:1`);
      await clock.advance(hour);
    }
  }

  it("removes nothing while there is room", async () => {
    await pulled("a", "b");
    disk.availableBytes = 160;
    await collector.collect(never);

    expect(disk.removed).to.deep.equal([]);
    expect(events).to.deep.equal([]);
  });

  it("removes as much as it must, the oldest first", async () => {
    await pulled("a", "b", "c");
    disk.availableBytes = 50;
    await collector.collect(never);

    expect(disk.removed).to.deep.equal(["a:1", "b:1"]);
    expect(records.all().map(({ id }) => id)).to.deep.equal(["c"]);
  });

  it("leaves what containers are made of, and counts that as a use", async () => {
    await pulled("a", "b", "c");
    disk.used.add("a");
    disk.availableBytes = 100;
    await collector.collect(never);
    expect(disk.removed).to.deep.equal(["b:1"]);
    disk.used.clear();
    disk.availableBytes = 100;
    await collector.collect(never);
    expect(disk.removed).to.deep.equal(["b:1", "c:1"]);
  });

  it("says when it could not free enough", async () => {
    await pulled("a");
    disk.availableBytes = 0;
    await collector.collect(never);

    expect(events).to.deep.equal([
      "FreeDiskSpaceFailed: Failed to garbage collect required amount of images. Attempted to free 200 bytes, but only found 100 bytes eligible to free.",
    ]);
  });

  it("goes on after an image that cannot be removed, and tells of it when that happens again", async () => {
    await pulled("stuck", "b");
    disk.availableBytes = 0;
    await collector.collect(never);
    expect(disk.removed).to.deep.equal(["b:1"]);
    expect(events).to.deep.equal([]);
    await collector.collect(never);
    expect(events).to.deep.equal(["ImageGCFailed: wanted to free 100 bytes, but freed 0 bytes: image is in use"]);
  });

  it("removes all that nobody uses when the disk is under pressure", async () => {
    await pulled("a", "b", "c");
    disk.used.add("b");

    expect(await collector.removeUnused(never)).to.equal(200);
    expect(disk.removed).to.deep.equal(["a:1", "c:1"]);
  });

  it("forgets images that others have removed", async () => {
    await pulled("a", "b");
    disk.images.delete("a");
    await collector.removeUnused(never);
    expect(disk.removed).to.deep.equal(["b:1"]);
    expect(records.all()).to.deep.equal([]);
  });

  it("works every five minutes until it is stopped, also when the runtime is away", async () => {
    const stop = new AbortController();
    await pulled("a");
    disk.availableBytes = 0;
    disk.failure = new RuntimeError("Unavailable", "away");
    const running = collector.run(stop.signal);
    await clock.advance(300_000);
    expect(disk.removed).to.deep.equal([]);
    disk.failure = undefined;
    await clock.advance(300_000);
    expect(disk.removed).to.deep.equal(["a:1"]);
    expect(looks).to.equal(2);
    stop.abort();
    await running;
    await clock.advance(300_000);
    expect(looks).to.equal(2);
  });
});
