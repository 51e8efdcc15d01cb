import { expect } from "chai";
import type { EvictionSignal } from "./eviction-thresholds.js";
import type { MetThreshold } from "./observe-machine.js";
import { notePressure, type PressureHistory, pressuresAt } from "./pressure-conditions.js";

const met = (signal: EvictionSignal): MetThreshold => ({
  threshold: { signal, limit: { amount: 1 } },
  observation: { available: 0, capacity: 2 },
});
const none: PressureHistory = new Map();

describe("what a node is short of", () => {
  const kinds: readonly { signal: EvictionSignal; type: string }[] = [
    { signal: "memory.available", type: "MemoryPressure" },
    { signal: "nodefs.available", type: "DiskPressure" },
    { signal: "imagefs.inodesFree", type: "DiskPressure" },
    { signal: "pid.available", type: "PIDPressure" },
  ];
  for (const { signal, type } of kinds) {
    it(`is ${type} where ${signal} is crossed`, () => {
      expect([...pressuresAt(notePressure(none, [met(signal)], 1_000), 1_000, 0)]).to.deep.equal([type]);
    });
  }

  it("is nothing at first", () => expect(pressuresAt(none, 0, 60_000).size).to.equal(0));

  it("stays so for a while after it was last seen", () => {
    const seen = notePressure(none, [met("memory.available")], 1_000);
    const calm = notePressure(seen, [], 31_000);
    expect(pressuresAt(calm, 60_999, 60_000).size).to.equal(1);
    expect(pressuresAt(calm, 61_000, 60_000).size).to.equal(0);
    const again = notePressure(calm, [met("memory.available")], 40_000);
    expect(pressuresAt(again, 61_000, 60_000).size).to.equal(1);
  });
});
