import { expect } from "chai";
import { type MachineFiles, readMachine } from "./machine-usage.js";

const files: MachineFiles = {
  stat: "cpu  100 10 200 9000 500 5 15 20 7 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n",
  meminfo: "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\n",
  loadavg: "0.10 0.20 0.30 2/345 6789\n",
  pidMax: "4194304\n",
  threadsMax: "1000\n",
  memoryLimit: "",
  memoryUsed: "",
  memoryStat: "",
};

describe("readMachine", () => {
  it("tells the work of processors without their waiting, and what is left of memory", () => {
    expect(readMachine(files)).to.deep.equal({
      cpuMicroseconds: 350 * 10_000,
      memoryCapacityBytes: 1_024_000,
      memoryAvailableBytes: 614_400,
      pidsMax: 1_000,
      pids: 345,
    });
  });

  const bounded = { memoryUsed: "300000\n", memoryStat: "anon 1\ninactive_file 50000\n" };
  const limits = [
    { it: "counts a bound that it is under itself", limit: "512000\n", capacity: 512_000, available: 262_000 },
    { it: "knows that no bound is none", limit: "max\n", capacity: 1_024_000, available: 614_400 },
    { it: "does not believe in a bound above all there is", limit: "9223372036854771712\n", capacity: 1_024_000, available: 614_400 },
  ];
  for (const { it: does, limit: memoryLimit, capacity, available } of limits) {
    it(does, () => {
      expect(readMachine({ ...files, ...bounded, memoryLimit })).to.include({
        memoryCapacityBytes: capacity,
        memoryAvailableBytes: available,
      });
    });
  }

  for (const name of ["stat", "meminfo", "loadavg"] as const) {
    it(`says nothing where the kernel says nothing of ${name}`, () => expect(readMachine({ ...files, [name]: "" })).to.equal(undefined));
  }
});
