import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import type { Whole } from "../../api/object.js";
import { createLog } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { MachineUsage } from "../runtime/container-statistics.js";
import { RuntimeError } from "../runtime/errors.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { parseEvictionThresholds } from "./eviction-thresholds.js";
import { PressureMonitor } from "./pressure-monitor.js";

const gibibyte = 2 ** 30;
const periodMs = 10_000;

/** A machine whose memory and disk a test fills up, and pods that use one thing each. */
class Stage {
  readonly clock = new FakeClock();
  memoryAvailable = gibibyte;
  diskAvailable = gibibyte;
  isAway = false;
  /** What tidying frees. */
  reclaimable = 0;
  /** Tidying comes upon something that cannot be removed. */
  isStuck = false;
  readonly evicted: string[] = [];
  readonly told: string[] = [];
  readonly reclaiming: string[] = [];
  /** The pods that have not ended, with what they hold in bytes. */
  readonly pods = new Map<string, { readonly pod: Whole<Pod>; readonly bytes: number }>();
  /** Pods of which containers run. */
  readonly running = new Set<string>();
  private readonly stop = new AbortController();
  private readonly work: Promise<void>;

  constructor(thresholds = "memory.available<100Mi,nodefs.available<10%") {
    const monitor = new PressureMonitor({
      settings: { evictionHard: parseEvictionThresholds(thresholds), pressureTransitionMs: 60_000 },
      pods: () => [...this.pods.values()].map((each) => each.pod),
      containersOf: (uid) => (this.running.has(uid) ? [containerOf(uid)] : []),
      emptyDirBytes: async () => new Map(),
      statistics: {
        usageOf: async (id) => ({ measuredAtMs: 0, cpuMicroseconds: 0, workingSetBytes: this.bytesOf(id), pids: 1 }),
        storageOf: async (id) => ({ writableBytes: this.bytesOf(id), logBytes: 0 }),
        machine: async () => this.machine(),
      },
      changed: (pressures) => this.told.push([...pressures].join(" ") || "none"),
      reclaiming: (resource) => this.reclaiming.push(resource),
      reclaimDisk: async () => {
        this.diskAvailable += this.reclaimable;
        if (this.isStuck) throw new RuntimeError("Failed", "device or resource busy");
        return this.reclaimable;
      },
      evict: ({ metadata }) => {
        this.evicted.push(metadata.uid);
        this.pods.delete(metadata.uid);
      },
      clock: this.clock,
      log: createLog("test", "silent"),
    });
    this.work = monitor.run(this.stop.signal);
  }

  add(uid: string, bytes: number, limits: Record<string, string> = {}): void {
    const made = pod({ uid, name: uid });
    for (const [name, string] of Object.entries(limits)) {
      const resources = made.spec.containers[0]?.resources;
      if (resources !== undefined) resources.limits[name] = { string };
    }
    this.pods.set(uid, { pod: made, bytes });
    this.running.add(uid);
  }

  /** Lets it look once more. */
  async look(): Promise<void> {
    await this.clock.advance(periodMs);
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.work;
  }

  private bytesOf(id: string): number {
    return this.pods.get(id)?.bytes ?? 0;
  }

  private machine(): MachineUsage {
    if (this.isAway) throw new RuntimeError("Unavailable", "gone");
    const disk = { capacityBytes: 4 * gibibyte, availableBytes: this.diskAvailable, inodes: 0, inodesFree: 0 };
    const memory = { memoryCapacityBytes: 8 * gibibyte, memoryAvailableBytes: this.memoryAvailable };
    return { cpuMicroseconds: 0, ...memory, pidsMax: 0, pids: 0, imageFileSystem: disk, nodeFileSystem: disk };
  }
}

function containerOf(uid: string): ContainerSnapshot {
  return { id: uid, phase: "running", identity: { podUid: uid, container: "main", kind: "app" } } as unknown as ContainerSnapshot;
}

describe("PressureMonitor", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.clock.advance(0);
  });
  afterEach(() => stage.end());

  it("leaves a machine alone that has enough of all", async () => {
    stage.add("a", gibibyte);
    await stage.look();
    expect([stage.evicted, stage.told, stage.reclaiming]).to.deep.equal([[], [], []]);
  });

  it("says what the node is short of, and that it no longer is once that has held for a while", async () => {
    stage.memoryAvailable = 0;
    await stage.look();
    stage.memoryAvailable = gibibyte;
    await stage.clock.advance(50_000);
    expect(stage.told).to.deep.equal(["MemoryPressure"]);
    await stage.look();
    expect(stage.told).to.deep.equal(["MemoryPressure", "none"]);
  });

  it("evicts one pod, and no other while the first still has containers", async () => {
    stage.memoryAvailable = 0;
    stage.add("small", 10);
    stage.add("large", 20);
    await stage.look();
    await stage.look();
    expect(stage.evicted).to.deep.equal(["large"]);
    stage.running.delete("large");
    await stage.look();
    expect(stage.evicted).to.deep.equal(["large", "small"]);
  });

  it("evicts nobody for a disk that tidying is enough for", async () => {
    stage.add("a", 10);
    stage.diskAvailable = 0;
    stage.reclaimable = gibibyte;
    await stage.look();
    expect(stage.evicted).to.deep.equal([]);
    expect(stage.told).to.deep.equal(["DiskPressure"]);
    expect(stage.reclaiming).to.deep.equal(["ephemeral-storage"]);
  });

  it("evicts where tidying is not enough", async () => {
    stage.add("a", 10);
    stage.diskAvailable = 0;
    stage.reclaimable = 1_000;
    await stage.look();
    expect(stage.evicted).to.deep.equal(["a"]);
  });

  it("evicts though something cannot be tidied away, but not where the rest was enough", async () => {
    stage.add("a", 10);
    stage.diskAvailable = 0;
    stage.isStuck = true;
    stage.reclaimable = gibibyte;
    await stage.look();
    expect(stage.evicted).to.deep.equal([]);
    stage.diskAvailable = 0;
    stage.reclaimable = 0;
    await stage.look();
    expect(stage.evicted).to.deep.equal(["a"]);
  });

  it("ends every pod that has written more than it may, though there is room", async () => {
    stage.add("fair", 1_000, { "ephemeral-storage": "1Ki" });
    stage.add("greedy", 2_000, { "ephemeral-storage": "1Ki" });
    stage.add("greedier", 3_000, { "ephemeral-storage": "1Ki" });
    await stage.look();
    expect(stage.evicted).to.deep.equal(["greedy", "greedier"]);
  });

  it("does nothing while the runtime is away, and goes on when it is back", async () => {
    stage.memoryAvailable = 0;
    stage.add("a", 10);
    stage.isAway = true;
    await stage.look();
    expect(stage.evicted).to.deep.equal([]);
    stage.isAway = false;
    await stage.look();
    expect(stage.evicted).to.deep.equal(["a"]);
  });
});
