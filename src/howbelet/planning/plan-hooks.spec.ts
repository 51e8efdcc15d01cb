import { expect } from "chai";
import { containerSnapshot } from "../../../test/builders/pod-on-node.js";
import { ending, imagesOf, nowMs, type PlanCase, planned } from "../../../test/builders/pod-plan.js";
import type { ProbeVerdict } from "../probes/probe-verdict.js";

const sandbox = containerSnapshot("s", { name: "POD" });
const running = containerSnapshot("c");
const hooked = { name: "web", lifecycle: { postStart: { sleep: { seconds: 1 } } } };
const pair = { containers: [hooked, "log"], memory: imagesOf("web", "log") } as const;
const hookDone = { web: { started: true, postStarted: "c" } };

const failing = (probe: "liveness" | "startup"): ReadonlyMap<string, ProbeVerdict> => {
  const message = `Container web failed ${probe} probe, will be restarted`;
  return new Map([["c", { isStarted: true, isReady: true, fatal: { probe, message } }]]);
};

interface Case extends PlanCase {
  readonly it: string;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  { it: "runs the hook of a container that runs", containers: [hooked], observed: [sandbox, running], expected: ["postStart c"] },
  {
    it: "runs it once",
    containers: [hooked],
    observed: [sandbox, running],
    memory: { inPostStart: new Set(["c"]) },
    expected: [],
  },
  { it: "does not run it again once it is done", containers: [hooked], observed: [sandbox, running], records: hookDone, expected: [] },
  {
    it: "runs it for each container that replaces another",
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c2", { attempt: 1 })],
    records: hookDone,
    expected: ["postStart c2"],
  },
  {
    it: "ends a container whose hook has failed",
    containers: [hooked],
    observed: [sandbox, running],
    memory: { failedPostStart: new Set(["c"]) },
    expected: ["terminate c by 30000: FailedPostStartHook", "wake 30000"],
  },
  { it: "starts nothing below a container whose hook is to come", ...pair, observed: [sandbox], expected: ["run web 0 failures 0"] },
  { it: "nor while it runs", ...pair, observed: [sandbox, running], expected: ["postStart c"] },
  {
    it: "starts what is below when the hook is done",
    ...pair,
    observed: [sandbox, running],
    records: hookDone,
    expected: ["run log 0 failures 0"],
  },
  {
    it: "starts what is below one that cannot be started now",
    ...pair,
    observed: [sandbox],
    memory: { ...pair.memory, setbacks: new Map([["web", { reason: "", message: "", failures: 1, retryAtMs: nowMs + 700 }]]) },
    expected: ["wake 700", "run log 0 failures 0"],
  },
  {
    it: "keeps what already runs below it",
    ...pair,
    observed: [sandbox, containerSnapshot("d", { name: "log" })],
    expected: ["run web 0 failures 0"],
  },
  {
    it: "ends a container that fails its liveness probe",
    observed: [sandbox, running],
    verdicts: failing("liveness"),
    expected: ["terminate c by 30000: Container web failed liveness probe, will be restarted", "wake 30000"],
  },
  {
    it: "does not promise to restart it under Never",
    policy: "Never",
    observed: [sandbox, running],
    verdicts: failing("liveness"),
    expected: ["terminate c by 30000: Container web failed liveness probe", "wake 30000"],
  },
  {
    it: "does not promise to restart what is never restarted itself",
    containers: [{ name: "web", restartPolicy: "Never" }],
    observed: [sandbox, running],
    verdicts: failing("liveness"),
    expected: ["terminate c by 30000: Container web failed liveness probe", "wake 30000"],
  },
  {
    it: "gives it the grace that the probe has of its own",
    containers: [{ name: "web", livenessProbe: { terminationGracePeriodSeconds: 3 }, startupProbe: { terminationGracePeriodSeconds: 7 } }],
    observed: [sandbox, running],
    verdicts: failing("startup"),
    expected: ["terminate c by 7000: Container web failed startup probe, will be restarted", "wake 7000"],
  },
  {
    it: "goes on ending it when it is forgotten why",
    observed: [sandbox, running],
    memory: { endings: new Map([["c", ending(nowMs, { of: "container" })]]) },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "restarts what it ended so under OnFailure, also when that ended well",
    policy: "OnFailure",
    observed: [sandbox, containerSnapshot("c", { phase: "exited" })],
    records: { web: { started: true } },
    memory: { endings: new Map([["c", ending(nowMs, { of: "container" })]]), endedAtMs: new Map([["c", nowMs]]) },
    expected: ["run web 1 failures 1"],
  },
];

describe("planCare", () => {
  for (const { it: does, expected, ...given } of cases) {
    it(does, () => {
      expect(planned(given)).to.deep.equal(expected);
    });
  }
});
