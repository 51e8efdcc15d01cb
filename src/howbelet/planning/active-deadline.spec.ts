import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { activeMsLeft } from "./active-deadline.js";

describe("activeMsLeft", () => {
  const cases = [
    { it: "is unlimited without a deadline", spec: {}, startSeconds: 100, nowMs: 500_000, left: undefined },
    {
      it: "does not count before the node took notice",
      spec: { activeDeadlineSeconds: 10 },
      startSeconds: undefined,
      nowMs: 5,
      left: undefined,
    },
    { it: "counts from when the node took notice", spec: { activeDeadlineSeconds: 10 }, startSeconds: 100, nowMs: 104_000, left: 6_000 },
    { it: "is negative once it is over", spec: { activeDeadlineSeconds: 10 }, startSeconds: 100, nowMs: 111_000, left: -1_000 },
  ];
  for (const { it: does, spec, startSeconds, nowMs, left } of cases) {
    it(does, () => {
      const pod = makeWhole(podKind, { spec, status: startSeconds === undefined ? {} : { startTime: { seconds: startSeconds } } });
      expect(activeMsLeft(pod, pod.status, nowMs)).to.equal(left);
    });
  }
});
