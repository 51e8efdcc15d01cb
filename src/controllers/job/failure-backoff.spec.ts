import { expect } from "chai";
import { birthMs, pod } from "../../../test/builders/index.js";
import { timeFromMs } from "../../api/values/time.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { failuresAfter, noFailures, remainingBackoffMs } from "./failure-backoff.js";

const seconds = (count: number): number => birthMs + count * 1_000;

describe("failuresAfter", () => {
  const ended = (atSeconds: number) => {
    const state = { terminated: { exitCode: 1, finishedAt: timeFromMs(seconds(atSeconds)) } };
    return pod({ status: PodStatus.fromPartial({ phase: "Failed", containerStatuses: [{ name: "main", state }] }) });
  };
  const three = { count: 3, lastMs: seconds(5) };
  const cases = [
    { it: "keeps what there was", before: three, succeeded: [], failed: [], after: three },
    { it: "adds failures", before: three, succeeded: [], failed: [9, 8], after: { count: 5, lastMs: seconds(9) } },
    { it: "begins anew with a success", before: three, succeeded: [6], failed: [], after: noFailures },
    {
      it: "counts failures after the last success only",
      before: three,
      succeeded: [6, 8],
      failed: [7, 9],
      after: { count: 1, lastMs: seconds(9) },
    },
    { it: "takes a success at the same time for the later", before: three, succeeded: [7], failed: [7], after: noFailures },
  ];
  for (const { it: does, before, succeeded, failed, after } of cases) {
    it(does, () => {
      expect(failuresAfter(before, succeeded.map(ended), failed.map(ended))).to.deep.equal(after);
    });
  }
});

describe("remainingBackoffMs", () => {
  const cases: readonly (readonly [count: number, agoSeconds: number, remainingSeconds: number])[] = [
    [0, 0, 0],
    [1, 0, 10],
    [1, 4, 6],
    [1, 11, 0],
    [2, 0, 20],
    [3, 0, 40],
    [7, 0, 600],
    [100, 500, 100],
    // A node's clock that runs ahead.
    [1, -3_600, 10],
  ];
  for (const [count, ago, remaining] of cases) {
    it(`is ${remaining} s, ${ago} s after failure ${count}`, () => {
      expect(remainingBackoffMs({ count, lastMs: seconds(0) }, seconds(ago))).to.equal(remaining * 1_000);
    });
  }
});
