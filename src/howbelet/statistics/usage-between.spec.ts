import { expect } from "chai";
import type { MachineUsage } from "../runtime/container-statistics.js";
import { type MeasuredContainer, type UsageSample, usageBetween } from "./usage-between.js";

/** A container that has used so much by then; it started at 0. */
const measured = (measuredAtMs: number, cpuMicroseconds: number, startedAtMs = 0): MeasuredContainer => ({
  podUid: "pod",
  container: "main",
  startedAtMs,
  usage: { measuredAtMs, cpuMicroseconds, workingSetBytes: 4096, pids: 1 },
});

const sample = (atMs: number, containers: Record<string, MeasuredContainer>, machine?: Partial<MachineUsage>): UsageSample => ({
  takenAtMs: atMs,
  measuredAtMs: 1_000_000 + atMs,
  containers: new Map(Object.entries(containers)),
  machine: machine as MachineUsage | undefined,
});

const cpuOf = (before: UsageSample, now: UsageSample): readonly (number | undefined)[] =>
  usageBetween(before, now).containers.map(({ usage }) => usage?.cpuNanocores);

describe("usageBetween", () => {
  it("is what was used on average, and what is held now", () => {
    const result = usageBetween(sample(0, { a: measured(0, 500_000) }), sample(10_000, { a: measured(10_000, 5_500_000) }));

    expect(result).to.deep.equal({
      measuredAtMs: 1_010_000,
      windowMs: 10_000,
      machine: undefined,
      containers: [{ podUid: "pod", container: "main", usage: { cpuNanocores: 500_000_000, workingSetBytes: 4096 } }],
    });
  });

  const cases = [
    {
      it: "counts a container that has started in between from its start",
      before: {},
      now: measured(10_000, 2_000_000, 6_000),
      cpu: [500_000_000],
    },
    { it: "leaves out one that has only just started", before: {}, now: measured(10_000, 900_000, 9_500), cpu: [] },
    {
      it: "takes one that has used less than before for one that has started anew",
      before: { a: measured(0, 9_000_000) },
      now: measured(10_000, 1_000_000, 8_000),
      cpu: [500_000_000],
    },
  ];
  for (const { it: does, before, now, cpu } of cases) {
    it(does, () => expect(cpuOf(sample(0, before), sample(10_000, { a: now }))).to.deep.equal(cpu));
  }

  it("leaves out what has ended", () => expect(cpuOf(sample(0, { a: measured(0, 1) }), sample(10_000, {}))).to.deep.equal([]));

  it("tells of the machine what all its programs use", () => {
    const memory = { memoryCapacityBytes: 1_000, memoryAvailableBytes: 400 };
    const [before, now] = [
      sample(0, {}, { cpuMicroseconds: 1_000_000, ...memory }),
      sample(2_000, {}, { cpuMicroseconds: 4_000_000, ...memory }),
    ];
    expect(usageBetween(before, now).machine).to.deep.equal({ cpuNanocores: 1_500_000_000, workingSetBytes: 600 });
    expect(usageBetween(sample(0, {}), now).machine).to.equal(undefined);
  });
});
