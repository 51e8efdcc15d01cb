import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { placementRecordKind } from "../../api/kinds/placementrecord/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { isOutlived } from "./placement-record-sweep.js";

describe("the sweep of placement records", () => {
  const nowMs = Date.UTC(2030, 0, 2);
  const hoursAgo = (hours: number) => timeFromMs(nowMs - hours * 3_600_000);
  const cases = [
    { it: "takes one of a decision more than a day ago", written: 25, decided: 25, outlived: true },
    { it: "leaves one that has been written anew since", written: 25, decided: 23, outlived: false },
    { it: "leaves one that was made late", written: 23, decided: 25, outlived: false },
    { it: "goes by its making where it does not say when the decision was", written: 25, decided: undefined, outlived: true },
    { it: "does not believe in decisions to come", written: 25, decided: -1, outlived: true },
  ];
  for (const { it: does, written, decided, outlived } of cases) {
    it(does, () => {
      const record = makeWhole(placementRecordKind, {
        metadata: { name: "a", namespace: "default", creationTimestamp: hoursAgo(written) },
        placement: decided === undefined ? {} : { time: hoursAgo(decided) },
      });
      expect(isOutlived(record, nowMs)).to.equal(outlived);
    });
  }
});
