import { expect } from "chai";
import { birthMs, type JobOptions, job, type PodOptions, pod } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import { JobStatus } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { account, settle } from "./accounting.js";
import { completionIndexKey, trackingFinalizer } from "./pod-facts.js";
import type { Verdict } from "./verdict.js";
import { viewJob } from "./view.js";

const failing: Verdict = { type: "FailureTarget", reason: "r", message: "m" };
const succeeding: Verdict = { type: "SuccessCriteriaMet", reason: "r", message: "m" };

describe("account", () => {
  const ours = (options: PodOptions): Whole<Pod> => pod({ finalizers: [trackingFinalizer], uid: `uid-${options.name}`, ...options });
  const running = ours({ name: "running" });
  const succeeded = ours({ name: "succeeded", phase: "Succeeded" });
  const failed = ours({ name: "failed", phase: "Failed" });
  const counted = ours({ name: "counted", phase: "Succeeded", finalizers: [] });
  const going = ours({ name: "going", deleting: true });
  const at = (index: number, phase: "Succeeded" | "Failed"): Whole<Pod> =>
    ours({ name: `${phase}-${index}`, phase, annotations: { [completionIndexKey]: String(index) } });
  const many = Array.from({ length: 501 }, (_, index) => ours({ name: `many-${index}`, phase: "Succeeded" }));
  const indexed = (completions: number, spec: object = {}): JobOptions => ({ completions, spec: { completionMode: "Indexed", ...spec } });

  interface Case {
    readonly it: string;
    readonly of?: JobOptions;
    readonly pods: readonly Whole<Pod>[];
    readonly verdict?: Verdict;
    readonly release: readonly string[];
    readonly succeeded?: readonly string[];
    readonly failed?: readonly string[];
    readonly status?: object;
  }
  const cases: readonly Case[] = [
    {
      it: "names what has ended, and lets it go",
      pods: [running, succeeded, failed, counted],
      release: ["succeeded", "failed"],
      succeeded: ["uid-succeeded"],
      failed: ["uid-failed"],
    },
    { it: "takes one that was deleted for failed", pods: [going], release: ["going"], failed: ["uid-going"] },
    {
      it: "waits for the end of one that was deleted, if told so",
      of: { spec: { podReplacementPolicy: "Failed" } },
      pods: [going],
      release: [],
    },
    {
      it: "names nothing twice, and lets go of what is named",
      of: { status: JobStatus.fromPartial({ uncountedTerminatedPods: { succeeded: ["uid-succeeded"], failed: ["uid-gone"] } }) },
      pods: [succeeded],
      release: ["succeeded"],
      succeeded: ["uid-succeeded"],
      failed: ["uid-gone"],
    },
    { it: "takes all for failed when the Job fails", pods: [running], verdict: failing, release: ["running"], failed: ["uid-running"] },
    { it: "lets all go when the Job has succeeded", pods: [running], verdict: succeeding, release: ["running"] },
    { it: "lets all go when the Job is deleted", of: { deleting: true }, pods: [running], release: ["running"] },
    {
      it: "counts successes by their index",
      of: indexed(3),
      pods: [at(0, "Succeeded"), at(2, "Succeeded"), at(7, "Succeeded"), at(1, "Failed")],
      release: ["Succeeded-0", "Succeeded-2", "Succeeded-7", "Failed-1"],
      failed: ["uid-Failed-1"],
      status: { completedIndexes: "0,2", succeeded: 2, failedIndexes: undefined },
    },
    {
      it: "keeps the last failure of an index that will be tried again",
      of: indexed(2, { backoffLimitPerIndex: 1 }),
      pods: [at(0, "Failed")],
      release: [],
      status: { failedIndexes: "" },
    },
    {
      it: "lets go of it when the index has failed",
      of: indexed(2, { backoffLimitPerIndex: 0 }),
      pods: [at(0, "Failed")],
      release: ["Failed-0"],
      failed: ["uid-Failed-0"],
      status: { failedIndexes: "0" },
    },
  ];
  for (const { it: does, of = {}, pods, verdict, release, succeeded: good = [], failed: bad = [], status = {} } of cases) {
    it(does, () => {
      const view = viewJob(job(of), pods, { doomed: new Set(), released: new Set() }, birthMs);
      const accounting = account(view, verdict, view.job.status);

      expect(accounting.release.map(({ metadata }) => metadata.name)).to.deep.equal(release);
      expect(accounting.status.uncountedTerminatedPods).to.deep.equal({ succeeded: good, failed: bad });
      expect(accounting.status).to.include(status);
      expect(accounting.isWhole).to.equal(true);
    });
  }

  it("names no more than 500 at a time", () => {
    const view = viewJob(job({ completions: 501 }), many, { doomed: new Set(), released: new Set() }, birthMs);
    const { release, isWhole, status } = account(view, undefined, view.job.status);

    expect([release.length, status.uncountedTerminatedPods?.succeeded.length, isWhole]).to.deep.equal([500, 500, false]);
  });
});

describe("settle", () => {
  it("counts what nothing holds any more, and keeps the names of the rest", () => {
    const status = JobStatus.fromPartial({ succeeded: 1, uncountedTerminatedPods: { succeeded: ["a", "b"], failed: ["c", "d"] } });
    const settled = settle(status, (uid) => uid === "b");

    expect(settled).to.deep.include({ succeeded: 2, failed: 2, uncountedTerminatedPods: { succeeded: ["b"], failed: [] } });
  });
});
