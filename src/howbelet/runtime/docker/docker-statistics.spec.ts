import { expect } from "chai";
import type { ContainerStats } from "dockerode";
import { usageFrom } from "./docker-statistics.js";

const answer = (memory: object | undefined): ContainerStats =>
  ({
    read: "2030-01-01T00:00:01.5Z",
    cpu_stats: { cpu_usage: { total_usage: 2_500_999 } },
    memory_stats: memory,
    pids_stats: { current: 3 },
  }) as unknown as ContainerStats;

describe("usageFrom", () => {
  const cases = [
    { it: "reads an engine on control groups of version 1", stats: { total_inactive_file: 400, inactive_file: 1 }, workingSetBytes: 600 },
    { it: "reads one on version 2", stats: { inactive_file: 300 }, workingSetBytes: 700 },
    { it: "reads one that tells nothing of files", stats: undefined, workingSetBytes: 1_000 },
  ];
  for (const { it: does, stats, workingSetBytes } of cases) {
    it(does, () => {
      expect(usageFrom(answer({ usage: 1_000, stats }))).to.deep.equal({
        measuredAtMs: Date.UTC(2030, 0, 1, 0, 0, 1, 500),
        cpuMicroseconds: 2_500,
        workingSetBytes,
        pids: 3,
      });
    });
  }

  it("tells a container that does not run by its lack of memory", () => {
    expect(usageFrom(answer({}))).to.equal(undefined);
    expect(usageFrom(answer(undefined))).to.equal(undefined);
  });
});
