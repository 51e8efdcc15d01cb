import { expect } from "chai";
import { birthMs, type JobOptions, job, type PodOptions, pod } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import { type JobSpec, JobStatus, PodFailurePolicy, SuccessPolicy } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { completionIndexKey, indexFailuresKey, trackingFinalizer } from "./pod-facts.js";
import { deadlineInMs, judgeJob } from "./verdict.js";
import { viewJob } from "./view.js";

const nowMs = birthMs + 100_000;
const view = (options: JobOptions, pods: readonly Whole<Pod>[] = []) =>
  viewJob(job(options), pods, { doomed: new Set(), released: new Set() }, nowMs);
const status = (partial: object): JobStatus => JobStatus.fromPartial(partial);
const startedAgo = (seconds: number): JobStatus => status({ startTime: timeFromMs(nowMs - seconds * 1_000) });

describe("judgeJob", () => {
  const ours = (options: PodOptions): Whole<Pod> => pod({ finalizers: [trackingFinalizer], ...options });
  const failed = (name: string): Whole<Pod> => ours({ name, phase: "Failed" });
  const succeeded = (name: string): Whole<Pod> => ours({ name, phase: "Succeeded" });
  const running = (restarts = 0): Whole<Pod> => ours({ name: `restarted-${restarts}`, restarts });
  const at = (index: number, phase: "Succeeded" | "Failed", failures = 0): Whole<Pod> =>
    ours({ name: `at-${index}`, phase, annotations: { [completionIndexKey]: `${index}`, [indexFailuresKey]: `${failures}` } });
  const onFailure = (options: JobOptions): Whole<ReturnType<typeof job>> => {
    const whole = job(options);
    Object.assign(whole.spec.template?.spec ?? {}, { restartPolicy: "OnFailure" });
    return whole;
  };
  const indexed = (completions: number, spec: Partial<JobSpec> = {}): JobOptions => ({
    completions,
    parallelism: completions,
    spec: { completionMode: "Indexed", ...spec },
  });
  const ignoring = PodFailurePolicy.fromPartial({
    rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
  });
  const disrupted = (name: string): Whole<Pod> =>
    ours({ name, status: PodStatus.fromPartial({ phase: "Failed", conditions: [{ type: "DisruptionTarget", status: "True" }] }) });
  const done = "SuccessCriteriaMet CompletionsReached";
  const overLimit = "FailureTarget BackoffLimitExceeded";

  const cases: readonly { it: string; of: JobOptions; pods: readonly Whole<Pod>[]; verdict?: string }[] = [
    { it: "goes on while pods run", of: { completions: 1 }, pods: [running()] },
    { it: "goes on before its pods are there", of: { completions: 1 }, pods: [] },
    { it: "succeeds with the last success", of: { completions: 2 }, pods: [succeeded("a"), succeeded("b")], verdict: done },
    { it: "adds to what is counted", of: { completions: 2, status: { succeeded: 1 } }, pods: [succeeded("b")], verdict: done },
    {
      it: "does not count twice what is named as uncounted",
      of: { completions: 2, status: status({ uncountedTerminatedPods: { succeeded: ["uid-default-a"] } }) },
      pods: [succeeded("a")],
    },
    { it: "succeeds with nothing to do", of: { completions: 0 }, pods: [], verdict: done },
    { it: "waits for those that run", of: { completions: 1 }, pods: [succeeded("a"), running()] },
    { it: "needs one success without completions", of: { completions: undefined, parallelism: 2 }, pods: [succeeded("a")], verdict: done },
    { it: "needs any success without completions", of: { completions: undefined, parallelism: 2 }, pods: [failed("a")] },
    { it: "goes on at its limit", of: { spec: { backoffLimit: 2 } }, pods: [failed("a"), failed("b")] },
    {
      it: "fails beyond its limit",
      of: { spec: { backoffLimit: 2 }, status: { failed: 1 } },
      pods: [failed("a"), failed("b")],
      verdict: overLimit,
    },
    { it: "counts pods that were deleted", of: { spec: { backoffLimit: 0 } }, pods: [ours({ deleting: true })], verdict: overLimit },
    {
      it: "does not count pods that are only going, if they are to end first",
      of: { spec: { backoffLimit: 0, podReplacementPolicy: "Failed" } },
      pods: [ours({ deleting: true })],
    },
    {
      it: "counts pods without any grace left, whoever was to end first",
      of: { spec: { backoffLimit: 0, podReplacementPolicy: "Failed" } },
      pods: [ours({ deleting: true, graceSeconds: 0 })],
      verdict: overLimit,
    },
    {
      it: "does not count what its policy ignores",
      of: { spec: { backoffLimit: 0, podFailurePolicy: ignoring } },
      pods: [disrupted("a"), disrupted("b")],
    },
    { it: "goes on before its deadline", of: { spec: { activeDeadlineSeconds: 60 }, status: startedAgo(59) }, pods: [running()] },
    {
      it: "fails at its deadline",
      of: { spec: { activeDeadlineSeconds: 60 }, status: startedAgo(60) },
      pods: [running()],
      verdict: "FailureTarget DeadlineExceeded",
    },
    {
      it: "has no deadline while suspended",
      of: { suspend: true, spec: { activeDeadlineSeconds: 60 }, status: startedAgo(60) },
      pods: [],
    },
    {
      it: "has all its time when it is resumed",
      of: {
        spec: { activeDeadlineSeconds: 60 },
        status: { ...startedAgo(600), ...{ conditions: status({ conditions: [{ type: "Suspended", status: "True" }] }).conditions } },
      },
      pods: [],
    },
    {
      it: "fails by its policy",
      of: {
        spec: {
          podFailurePolicy: PodFailurePolicy.fromPartial({
            rules: [{ action: "FailJob", onPodConditions: [{ type: "Ready", status: "False" }] }],
          }),
        },
      },
      pods: [failed("a")],
      verdict: "FailureTarget PodFailurePolicy",
    },
    {
      it: "fails when too many indexes have",
      of: indexed(5, { backoffLimit: 99, backoffLimitPerIndex: 1, maxFailedIndexes: 1 }),
      pods: [at(0, "Failed", 1), at(1, "Failed", 1)],
      verdict: "FailureTarget MaxFailedIndexesExceeded",
    },
    {
      it: "goes on while indexes may be tried again",
      of: indexed(2, { backoffLimit: 99, backoffLimitPerIndex: 1 }),
      pods: [at(0, "Failed", 0), at(1, "Failed", 1)],
    },
    {
      it: "fails when all indexes have come to an end, and not all to a good one",
      of: indexed(2, { backoffLimit: 99, backoffLimitPerIndex: 1 }),
      pods: [at(0, "Succeeded"), at(1, "Failed", 1)],
      verdict: "FailureTarget FailedIndexes",
    },
    { it: "counts an index once", of: indexed(2), pods: [at(0, "Succeeded"), { ...at(0, "Succeeded") }] },
    { it: "does not count an index that it does not have", of: indexed(1), pods: [at(3, "Succeeded")] },
    {
      it: "succeeds by its policy",
      of: indexed(4, { successPolicy: SuccessPolicy.fromPartial({ rules: [{ succeededIndexes: "0" }, { succeededCount: 2 }] }) }),
      pods: [at(1, "Succeeded"), at(3, "Succeeded"), ours({ name: "running" })],
      verdict: "SuccessCriteriaMet SuccessPolicy",
    },
    {
      it: "needs all the indexes of a rule, or as many of them as it says",
      of: indexed(4, { successPolicy: SuccessPolicy.fromPartial({ rules: [{ succeededIndexes: "0-2", succeededCount: 2 }] }) }),
      pods: [at(1, "Succeeded"), at(3, "Succeeded"), ours({ name: "running" })],
    },
    {
      it: "stays with what was decided",
      of: {
        completions: 1,
        status: status({ conditions: [{ type: "FailureTarget", status: "True", reason: "DeadlineExceeded", message: "late" }] }),
      },
      pods: [succeeded("a")],
      verdict: "FailureTarget DeadlineExceeded",
    },
  ];
  for (const { it: does, of, pods, verdict } of cases) {
    it(does, () => {
      const judged = judgeJob(view(of, pods));
      expect(judged && `${judged.type} ${judged.reason}`).to.equal(verdict);
    });
  }

  for (const { backoffLimit, restarts, fails } of [
    { backoffLimit: 3, restarts: 2, fails: false },
    { backoffLimit: 3, restarts: 3, fails: true },
    { backoffLimit: 0, restarts: 0, fails: false },
    { backoffLimit: 0, restarts: 1, fails: true },
  ]) {
    it(`${fails ? "fails" : "goes on"} with ${restarts} restarts in pods and a limit of ${backoffLimit}`, () => {
      const unseen = { doomed: new Set<string>(), released: new Set<string>() };
      const judged = judgeJob(viewJob(onFailure({ spec: { backoffLimit } }), [running(restarts)], unseen, nowMs));
      expect(judged?.reason).to.equal(fails ? "BackoffLimitExceeded" : undefined);
    });
  }
});

describe("deadlineInMs", () => {
  const cases: readonly (readonly [it: string, of: JobOptions, inMs: number | undefined])[] = [
    ["is none without one", {}, undefined],
    ["is what is left", { spec: { activeDeadlineSeconds: 60 }, status: startedAgo(20) }, 40_000],
    ["is all of it at the start", { spec: { activeDeadlineSeconds: 60 } }, 60_000],
    ["is over when it has passed", { spec: { activeDeadlineSeconds: 60 }, status: startedAgo(70) }, 0],
    ["is none while suspended", { suspend: true, spec: { activeDeadlineSeconds: 60 } }, undefined],
  ];
  for (const [does, of, inMs] of cases) {
    it(does, () => {
      expect(deadlineInMs(view(of))).to.equal(inMs);
    });
  }
});
