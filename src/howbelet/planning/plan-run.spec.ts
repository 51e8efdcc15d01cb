import { expect } from "chai";
import { containerSnapshot } from "../../../test/builders/pod-on-node.js";
import { nowMs, type PlanCase, planned } from "../../../test/builders/pod-plan.js";
import type { PodRecords } from "../pods/pod-records.js";
import type { ContainerSnapshot } from "../runtime/interface.js";

const sandbox = containerSnapshot("s", { name: "POD" });
const started = (failures = 0, restartCount = failures): PodRecords => ({ web: { restartCount, failures, started: true } });
const exited = (exitCode: number, overrides: Parameters<typeof containerSnapshot>[1] = {}): ContainerSnapshot =>
  containerSnapshot("c", { phase: "exited", exitCode, ...overrides });
const again = { action: "Restart", exitCodes: { operator: "In", values: [42] } };
const diedNow = { endedAtMs: new Map([["c", nowMs]]) };

interface Case extends PlanCase {
  readonly it: string;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  { it: "runs a container once sandbox and image are there", observed: [sandbox], expected: ["run web 0 failures 0"] },
  { it: "leaves alone what runs", observed: [sandbox, containerSnapshot("c")], records: started(), expected: [] },
  {
    it: "starts what was made and left",
    observed: [sandbox, containerSnapshot("c", { phase: "created" })],
    expected: ["startContainer c"],
  },
  {
    it: "starts a sandbox that was made and left",
    observed: [containerSnapshot("s", { name: "POD", phase: "created" })],
    expected: ["startSandbox s"],
  },
  {
    it: "restarts at once what died for the first time",
    observed: [sandbox, exited(1)],
    records: started(),
    memory: diedNow,
    expected: ["run web 1 failures 1"],
  },
  {
    it: "backs off from the second death",
    observed: [sandbox, exited(1, { attempt: 1 })],
    records: started(1),
    memory: diedNow,
    expected: ["crashLoop web 1000", "wake 1000"],
  },
  {
    it: "doubles the back-off",
    observed: [sandbox, exited(1, { attempt: 4 })],
    records: started(4),
    memory: diedNow,
    expected: ["crashLoop web 8000", "wake 8000"],
  },
  {
    it: "backs off for a minute at most",
    observed: [sandbox, exited(1, { attempt: 40 })],
    records: started(40),
    memory: diedNow,
    expected: ["crashLoop web 60000", "wake 60000"],
  },
  {
    it: "restarts when the back-off is over",
    observed: [sandbox, exited(1, { attempt: 1 })],
    records: started(1),
    memory: { endedAtMs: new Map([["c", nowMs - 1_000]]) },
    expected: ["run web 2 failures 2"],
  },
  {
    it: "restarts what says so itself, in a pod that restarts nothing",
    policy: "Never",
    containers: [{ name: "web", restartPolicy: "Never", restartPolicyRules: [again] }],
    observed: [sandbox, exited(42)],
    records: started(),
    memory: diedNow,
    expected: ["run web 1 failures 1"],
  },
  {
    it: "ends a pod whose container has ended for good, in a pod that restarts everything",
    containers: [{ name: "web", restartPolicy: "Never", restartPolicyRules: [again] }],
    observed: [sandbox, exited(1)],
    records: started(),
    memory: diedNow,
    expected: ["removeContainer s"],
  },
  {
    it: "forgets failures of an image that the pod no longer names",
    containers: [{ name: "web", image: "busybox:2" }],
    observed: [sandbox, exited(1, { attempt: 7 })],
    records: started(7),
    memory: diedNow,
    expected: ["run web 8 failures 1"],
  },
  {
    it: "forgets failures of a container that ran ten minutes",
    observed: [sandbox, exited(1, { attempt: 7, startedAtMs: 20, finishedAtMs: 20 + 600_000 })],
    records: started(7),
    memory: diedNow,
    expected: ["run web 8 failures 1"],
  },
  { it: "does not restart a success under OnFailure", policy: "OnFailure", observed: [exited(0)], records: started(), expected: [] },
  {
    it: "restarts a failure under OnFailure",
    policy: "OnFailure",
    observed: [sandbox, exited(2)],
    records: started(),
    memory: diedNow,
    expected: ["run web 1 failures 1"],
  },
  {
    it: "gives the network back when nothing is to run any more",
    policy: "Never",
    observed: [sandbox, exited(1)],
    records: started(),
    expected: ["removeContainer s"],
  },
  {
    it: "replaces a container that someone removed",
    observed: [sandbox],
    records: started(0, 2),
    expected: ["run web 3 failures 1"],
  },
  { it: "does not replace it under Never", policy: "Never", observed: [sandbox], records: started(), expected: ["removeContainer s"] },
  {
    it: "ends containers whose sandbox died, before it makes another",
    observed: [containerSnapshot("s", { name: "POD", phase: "exited" }), containerSnapshot("c")],
    records: started(),
    expected: ["removeContainer s", "terminate c by 30000", "wake 30000"],
  },
  {
    it: "ends containers that are older than their sandbox's start",
    observed: [containerSnapshot("s", { name: "POD", startedAtMs: 500 }), containerSnapshot("c")],
    records: started(),
    expected: ["terminate c by 30000", "wake 30000"],
  },
  {
    it: "ends containers of another sandbox",
    observed: [sandbox, containerSnapshot("c", { sandboxId: "older" })],
    records: started(),
    expected: ["terminate c by 30000", "wake 30000"],
  },
  {
    it: "makes the next sandbox when the old one's containers have ended",
    observed: [containerSnapshot("s", { name: "POD", phase: "exited" }), exited(137)],
    records: started(),
    memory: diedNow,
    expected: ["removeContainer s", "runSandbox 1"],
  },
  {
    it: "numbers sandboxes on when the old one is gone already",
    observed: [],
    records: { POD: { restartCount: 2, failures: 0, started: true } },
    expected: ["runSandbox 3"],
  },
  {
    it: "does not start what was made for a sandbox that is gone",
    observed: [sandbox, containerSnapshot("c", { phase: "created", sandboxId: "older" })],
    expected: ["run web 1 failures 0"],
  },
  {
    it: "keeps one dead container for its log, and no more",
    observed: [
      sandbox,
      containerSnapshot("c3", { attempt: 3 }),
      exited(1, { attempt: 2 }),
      containerSnapshot("c1", { phase: "exited", attempt: 1 }),
    ],
    records: started(3),
    expected: ["removeContainer c1"],
  },
  {
    it: "waits before it tries a sandbox again",
    observed: [],
    memory: { setbacks: new Map([["POD", { reason: "", message: "", failures: 1, retryAtMs: nowMs + 700 }]]) },
    expected: ["wake 700"],
  },
  {
    it: "plans each container by itself",
    containers: ["web", "log"],
    observed: [sandbox, containerSnapshot("c")],
    records: started(),
    memory: { images: new Map([["log", { state: "present" }]]) },
    expected: ["run log 0 failures 0"],
  },
];

describe("planRun", () => {
  for (const { it: does, expected, ...given } of cases) {
    it(does, () => {
      expect(planned(given)).to.deep.equal(expected);
    });
  }
});
