import { expect } from "chai";
import { containerSnapshot } from "../../../test/builders/pod-on-node.js";
import { nowMs, type PlanCase, planned } from "../../../test/builders/pod-plan.js";
import type { PodRecords } from "../pods/pod-records.js";
import type { ContainerSnapshot } from "../runtime/interface.js";

const sandbox = containerSnapshot("s", { name: "POD" });
const started = (failures = 0, restartCount = failures): PodRecords => ({ web: { restartCount, failures, started: true } });
const exited = (exitCode: number, overrides: Parameters<typeof containerSnapshot>[1] = {}): ContainerSnapshot =>
  containerSnapshot("c", { phase: "exited", exitCode, ...overrides });
const diedNow = { endedAtMs: new Map([["c", nowMs]]) };
const missing = { state: "failed", message: "not there" } as const;

interface Case extends PlanCase {
  readonly it: string;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  {
    it: "makes the sandbox and looks for the image at once",
    observed: [],
    memory: { images: new Map() },
    expected: ["runSandbox 0", "ensureImage web"],
  },
  {
    it: "waits for the image while it is pulled",
    observed: [sandbox],
    memory: { images: new Map([["web", { state: "ensuring" }]]) },
    expected: [],
  },
  {
    it: "calls a failed pull a back-off only after its reason could be read",
    observed: [sandbox],
    memory: { images: new Map([["web", pullFailed(nowMs)]]) },
    expected: ["wake 1000"],
  },
  {
    it: "then waits for the back-off",
    observed: [sandbox],
    memory: { images: new Map([["web", pullFailed(nowMs - 1_000)]]) },
    expected: ["noteImageBackOff web", "wake 4000"],
  },
  {
    it: "pulls again when the back-off is over",
    observed: [sandbox],
    memory: { images: new Map([["web", pullFailed(nowMs - 5_000)]]) },
    expected: ["ensureImage web"],
  },
  {
    it: "waits for what it does not know yet of a container's environment",
    observed: [sandbox],
    environmentProblems: new Map([["web", { state: "pending" }]]),
    expected: [],
  },
  {
    it: "says why a container's environment cannot be made",
    observed: [sandbox],
    environmentProblems: new Map([["web", missing]]),
    expected: ["configError web: not there"],
  },
  {
    it: "says so once, and then waits for it to change",
    observed: [sandbox],
    environmentProblems: new Map([["web", missing]]),
    memory: { configErrors: new Map([["web", "not there"]]) },
    expected: [],
  },
  {
    it: "says so when something else is missing",
    observed: [sandbox],
    environmentProblems: new Map([["web", missing]]),
    memory: { configErrors: new Map([["web", "the other is not there"]]) },
    expected: ["configError web: not there"],
  },
  {
    it: "runs a container whose environment could not be made before",
    observed: [sandbox],
    memory: { configErrors: new Map([["web", "not there"]]) },
    expected: ["run web 0 failures 0"],
  },
  {
    it: "looks for the image though the environment cannot be made",
    observed: [sandbox],
    environmentProblems: new Map([["web", missing]]),
    memory: { images: new Map() },
    expected: ["ensureImage web"],
  },
  {
    it: "leaves what runs alone, whatever becomes of what it was configured by",
    observed: [sandbox, containerSnapshot("c")],
    records: started(),
    environmentProblems: new Map([["web", missing]]),
    expected: [],
  },
  {
    it: "waits for a back-off to end before it says that a container cannot be restarted",
    observed: [sandbox, exited(1, { attempt: 1 })],
    records: started(1),
    environmentProblems: new Map([["web", missing]]),
    memory: diedNow,
    expected: ["crashLoop web 1000", "wake 1000"],
  },
  {
    it: "waits for volumes that are being made",
    observed: [sandbox],
    volumeProblems: new Map([["web", { state: "pending" }]]),
    environmentProblems: new Map([["web", missing]]),
    expected: [],
  },
  {
    it: "says why volumes cannot be made, and then waits",
    observed: [sandbox],
    volumeProblems: new Map([["web", missing]]),
    expected: ["volumeError web: not there"],
  },
  {
    it: "says that once",
    observed: [sandbox],
    volumeProblems: new Map([["web", missing]]),
    memory: { volumeErrors: new Map([["web", "not there"]]) },
    expected: [],
  },
];

function pullFailed(failedAtMs: number) {
  return { state: "failed", reason: "ErrImagePull", message: "no", failures: 1, failedAtMs, retryAtMs: failedAtMs + 5_000 } as const;
}

describe("planObstacles", () => {
  for (const { it: does, expected, ...given } of cases) {
    it(does, () => {
      expect(planned(given)).to.deep.equal(expected);
    });
  }
});
