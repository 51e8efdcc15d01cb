import { expect } from "chai";
import type { MachineUsage } from "../runtime/container-statistics.js";
import { parseEvictionThresholds } from "./eviction-thresholds.js";
import { metThresholds, observeMachine } from "./observe-machine.js";

const disk = { capacityBytes: 1_000, availableBytes: 500, inodes: 100, inodesFree: 50 };
const machine = (overrides: Partial<MachineUsage> = {}): MachineUsage => ({
  cpuMicroseconds: 0,
  memoryCapacityBytes: 1_000,
  memoryAvailableBytes: 500,
  pidsMax: 100,
  pids: 50,
  imageFileSystem: disk,
  nodeFileSystem: disk,
  ...overrides,
});
const all =
  "pid.available<10%,nodefs.available<10%,nodefs.inodesFree<10%,imagefs.available<10%,imagefs.inodesFree<10%,memory.available<100";

describe("metThresholds", () => {
  const cases: readonly { it: string; machine: Partial<MachineUsage>; met: readonly string[] }[] = [
    { it: "is none where there is enough of all", machine: {}, met: [] },
    { it: "is not met by just enough", machine: { memoryAvailableBytes: 100 }, met: [] },
    { it: "sees memory run out", machine: { memoryAvailableBytes: 99 }, met: ["memory.available"] },
    { it: "sees processes run out", machine: { pids: 95 }, met: ["pid.available"] },
    { it: "sees the agent's disk fill up", machine: { nodeFileSystem: { ...disk, availableBytes: 99 } }, met: ["nodefs.available"] },
    { it: "sees the engine's run out of inodes", machine: { imageFileSystem: { ...disk, inodesFree: 9 } }, met: ["imagefs.inodesFree"] },
    { it: "puts memory first", machine: { memoryAvailableBytes: 0, pids: 100 }, met: ["memory.available", "pid.available"] },
    {
      it: "takes what is out of sight, or not counted, for no reason to act",
      machine: { nodeFileSystem: undefined, imageFileSystem: { ...disk, inodes: 0, inodesFree: 0 }, pidsMax: 0 },
      met: [],
    },
  ];
  for (const { it: does, machine: overrides, met } of cases) {
    it(does, () => {
      const found = metThresholds(parseEvictionThresholds(all), observeMachine(machine(overrides)));
      expect(found.map(({ threshold }) => threshold.signal)).to.deep.equal(met);
    });
  }
});
