import { expect } from "chai";
import type { PressureConditionType } from "./pressure-conditions.js";
import { pressureEvents } from "./pressure-events.js";

describe("pressureEvents", () => {
  const cases: readonly { it: string; before: PressureConditionType[]; now: PressureConditionType[]; reasons: string[] }[] = [
    { it: "is silent while nothing changes", before: ["DiskPressure"], now: ["DiskPressure"], reasons: [] },
    { it: "tells what has begun", before: [], now: ["MemoryPressure"], reasons: ["NodeHasInsufficientMemory"] },
    {
      it: "tells what is over, and what has begun meanwhile",
      before: ["MemoryPressure", "PIDPressure"],
      now: ["DiskPressure"],
      reasons: ["NodeHasSufficientMemory", "NodeHasDiskPressure", "NodeHasSufficientPID"],
    },
  ];
  for (const { it: does, before, now, reasons } of cases) {
    it(does, () => {
      const events = pressureEvents("n1", new Set(before), new Set(now));
      expect(events.map(({ reason }) => reason)).to.deep.equal(reasons);
      for (const { reason, message } of events) expect(message).to.equal(`Node n1 status is now: ${reason}`);
    });
  }
});
