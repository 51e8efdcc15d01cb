import { expect } from "chai";
import { birthMs, job } from "../../../test/builders/index.js";
import { timeFromMs } from "../../api/values/time.js";
import { expiresInMs } from "./plan.js";

describe("expiresInMs", () => {
  const second = 1_000;
  const ended = (type: string, agoMs: number, status = "True") => ({
    conditions: [{ type, status, reason: "", message: "", lastProbeTime: undefined, lastTransitionTime: timeFromMs(birthMs - agoMs) }],
  });
  const ttl = (ttlSecondsAfterFinished: number) => ({ ttlSecondsAfterFinished });
  const cases = [
    { it: "waits for the rest of its time", job: job({ spec: ttl(60), status: ended("Complete", 20 * second) }), left: 40 * second },
    { it: "is over when its time is", job: job({ spec: ttl(60), status: ended("Complete", 60 * second) }), left: 0 },
    { it: "is over long after", job: job({ spec: ttl(60), status: ended("Failed", 600 * second) }), left: 0 },
    { it: "is over at once without any time", job: job({ spec: ttl(0), status: ended("Failed", 0) }), left: 0 },
    { it: "is never without a limit", job: job({ status: ended("Complete", 600 * second) }), left: undefined },
    { it: "has not begun while the Job runs", job: job({ spec: ttl(0) }), left: undefined },
    { it: "has not begun when it is but about to fail", job: job({ spec: ttl(0), status: ended("FailureTarget", 1) }), left: undefined },
    { it: "has not begun when the end is not so", job: job({ spec: ttl(0), status: ended("Complete", 1, "False") }), left: undefined },
    { it: "is nothing while the Job goes", job: job({ deleting: true, spec: ttl(0), status: ended("Complete", 1) }), left: undefined },
    { it: "counts from an end that lies ahead", job: job({ spec: ttl(60), status: ended("Complete", -30 * second) }), left: 90 * second },
  ];
  for (const { it: does, job: planned, left } of cases) it(does, () => expect(expiresInMs(planned, birthMs)).to.equal(left));
});
