import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { announceAddress } from "../../api/kinds/lease/api-server-lease.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { microTimeFromMs } from "../../api/values/time.js";
import { isForsaken } from "./announcement-sweep.js";

describe("isForsaken", () => {
  const nowMs = 10_000_000;
  const cases = [
    { it: "not one that is renewed", announces: true, ageMs: 5_000, forsaken: false },
    { it: "not one that may be late by as much as clocks differ", announces: true, ageMs: 359_000, forsaken: false },
    { it: "one that has not been renewed since", announces: true, ageMs: 361_000, forsaken: true },
    { it: "not another Lease, however old", announces: false, ageMs: 9_000_000, forsaken: false },
  ];
  for (const { it: what, announces, ageMs, forsaken } of cases) {
    it(`takes for forsaken ${what}`, () => {
      const spec = { renewTime: microTimeFromMs(nowMs - ageMs), leaseDurationSeconds: 60 };
      const lease = makeWhole(leaseKind, { metadata: { name: "a", namespace: "kube-system" }, spec });
      if (announces) announceAddress(lease, "10.0.0.1:7443");

      expect(isForsaken(lease, nowMs)).to.equal(forsaken);
    });
  }
});
