import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { flightRecordKind } from "../../api/kinds/flightrecord/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { planSweep } from "./flight-record-sweep.js";

describe("planSweep of flight records", () => {
  const nowMs = Date.UTC(2030, 0, 2);
  const record = (name: string, hoursAgo: number, restartCount = 0, container = "c") =>
    makeWhole(flightRecordKind, {
      metadata: { name, namespace: "default", creationTimestamp: timeFromMs(nowMs - hoursAgo * 3_600_000) },
      pod: { uid: "u1" },
      flight: { container, restartCount },
    });
  const swept = (...records: ReturnType<typeof record>[]): string[] => planSweep(records, nowMs).map(({ metadata }) => metadata.name);

  it("takes those older than a day", () => {
    expect(swept(record("old", 25), record("young", 23, 1))).to.deep.equal(["old"]);
  });

  it("leaves a container its last five deaths", () => {
    const all = Array.from({ length: 7 }, (_, restart) => record(`r${restart}`, 1, restart));
    expect(swept(...all, record("other", 1, 0, "d"))).to.have.members(["r0", "r1"]);
  });
});
