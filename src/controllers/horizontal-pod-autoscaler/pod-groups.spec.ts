import { expect } from "chai";
import { type PodOptions, pod } from "../../../test/builders/index.js";
import { timeFromMs } from "../../api/values/time.js";
import { groupPods } from "./pod-groups.js";

const nowMs = Date.UTC(2026, 0, 2);
const minute = 60_000;

interface Case {
  readonly it: string;
  readonly pod: PodOptions;
  readonly startedMs?: number;
  /** When it was measured, over the half minute before; undefined: not at all. */
  readonly measuredMs?: number | undefined;
  readonly resource?: string;
  readonly is: "measured" | "unready" | "missing" | "ignored";
}

describe("groupPods", () => {
  const ago = (ms: number): number => nowMs - ms;
  const cases: readonly Case[] = [
    {
      it: "counts a pod that has been ready for long",
      pod: { readySinceMs: ago(20 * minute) },
      startedMs: ago(21 * minute),
      is: "measured",
    },
    { it: "ignores a pod that is going", pod: { deleting: true }, is: "ignored" },
    { it: "ignores a pod that has failed", pod: { phase: "Failed" }, is: "ignored" },
    { it: "takes a pending pod for one that will count", pod: { phase: "Pending" }, is: "unready" },
    { it: "misses what was not measured", pod: {}, measuredMs: undefined, is: "missing" },
    { it: "takes a pod that has not started for unready", pod: {}, is: "unready" },
    {
      it: "takes a pod that is not ready after its start for unready",
      pod: { ready: false, readySinceMs: ago(minute) },
      startedMs: ago(minute),
      is: "unready",
    },
    {
      it: "does not count what was measured while a pod got ready",
      pod: { readySinceMs: ago(20_000) },
      startedMs: ago(minute),
      measuredMs: ago(5_000),
      is: "unready",
    },
    {
      it: "counts what was measured since a pod is ready, also soon after its start",
      pod: { readySinceMs: ago(50_000) },
      startedMs: ago(minute),
      measuredMs: ago(5_000),
      is: "measured",
    },
    {
      it: "takes a pod that never got ready for unready",
      pod: { ready: false, readySinceMs: ago(10 * minute - 20_000) },
      startedMs: ago(10 * minute),
      is: "unready",
    },
    {
      it: "counts a pod that was ready, and is no more",
      pod: { ready: false, readySinceMs: ago(minute) },
      startedMs: ago(10 * minute),
      is: "measured",
    },
    { it: "counts memory whether a pod is ready or not", pod: { ready: false }, resource: "memory", is: "measured" },
  ];
  for (const { it: does, is, resource = "cpu", startedMs, ...given } of cases) {
    it(does, () => {
      const measuredMs = "measuredMs" in given ? given.measuredMs : nowMs;
      const status = startedMs === undefined ? {} : { startTime: timeFromMs(startedMs) };
      const one = pod({ ...given.pod, status });
      const samples = new Map(
        measuredMs === undefined ? [] : [[one.metadata.name, { milli: 1, measuredAtMs: measuredMs, windowMs: 30_000 }]],
      );
      const { measured, unready, missing, ignored } = groupPods([one], samples, resource, nowMs);
      const counts = { measured, unready: unready.size, missing: missing.size, ignored: ignored.size };
      expect(counts).to.deep.equal({ measured: 0, unready: 0, missing: 0, ignored: 0, [is]: 1 });
    });
  }
});
