import { expect } from "chai";
import { containerSnapshot, type MemoryOverrides, podMemory } from "../../../test/builders/pod-on-node.js";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import type { EnvironmentProblem } from "./environment.js";
import { observePod } from "./observed-pod.js";
import { planPod } from "./plan.js";
import type { PodAction, PodIntent } from "./pod-action.js";
import { newLife } from "./pod-life.js";
import type { Ending } from "./pod-memory.js";
import type { PodRecords } from "./pod-records.js";

const nowMs = 1_000_000;

const sandbox = containerSnapshot("s", { name: "POD" });
const started = (failures = 0, restartCount = failures): PodRecords => ({
  web: { restartCount, failures, started: true, lastTermination: undefined },
});

/** What a plan says, short enough to read in a table. */
function brief(action: PodAction): string {
  switch (action.type) {
    case "runSandbox":
      return `runSandbox ${action.attempt}`;
    case "runContainer":
      return `run ${action.container} ${action.attempt} failures ${action.failures}`;
    case "noteCrashLoop":
      return `crashLoop ${action.container} ${action.delayMs}`;
    case "terminate":
      return `terminate ${action.id} by ${action.killAtMs - nowMs}`;
    case "beginEnd":
      return `${action.hasHook ? "preStop" : "hold"} ${action.id} by ${action.graceEndsAtMs - nowMs}`;
    case "noteInitialized":
      return `initialized ${action.sandboxId}`;
    case "wake":
      return `wake ${action.afterMs}`;
    case "ensureImage":
    case "noteImageBackOff":
      return `${action.type} ${action.container}`;
    case "noteConfigError":
      return `configError ${action.container}: ${action.message}`;
    case "noteVolumeError":
      return `volumeError ${action.container}: ${action.message}`;
    case "finish":
      return "finish";
    default:
      return `${action.type} ${action.id}`;
  }
}

interface Case {
  readonly it: string;
  readonly intent?: PodIntent;
  readonly policy?: "Always" | "OnFailure" | "Never";
  readonly observed: readonly ContainerSnapshot[];
  readonly records?: PodRecords;
  readonly memory?: MemoryOverrides;
  readonly environmentProblems?: ReadonlyMap<string, EnvironmentProblem>;
  readonly containers?: readonly string[];
  readonly expected: readonly string[];
}

const exited = (exitCode: number, overrides: Parameters<typeof containerSnapshot>[1] = {}): ContainerSnapshot =>
  containerSnapshot("c", { phase: "exited", exitCode, ...overrides });
/** A container of a pod that is being deleted, which has been told to end. */
const asked = (graceEndsAtMs: number, killedAtMs?: number): Ending => ({
  of: "pod",
  graceEndsAtMs,
  isInHook: false,
  killAtMs: graceEndsAtMs,
  killedAtMs,
});
const missing = { state: "failed", message: "not there" } as const;
const diedNow = { endedAtMs: new Map([["c", nowMs]]) };

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
    records: { POD: { restartCount: 2, failures: 0, started: true, lastTermination: undefined } },
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
    it: "plans each container by itself",
    containers: ["web", "log"],
    observed: [sandbox, containerSnapshot("c")],
    records: started(),
    memory: { images: new Map([["log", { state: "present" }]]) },
    expected: ["run log 0 failures 0"],
  },
  {
    it: "asks all containers of a deleted pod to end at once",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c"), containerSnapshot("d", { name: "log" })],
    memory: { stopByMs: nowMs + 5_000 },
    expected: ["terminate c by 5000", "wake 5000", "terminate d by 5000", "wake 5000"],
  },
  {
    it: "asks only once",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", asked(nowMs + 3_000)]]), stopByMs: nowMs + 3_000 },
    expected: ["wake 3000"],
  },
  {
    it: "kills when the grace is over",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", asked(nowMs)]]) },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "kills at once when the grace was shortened to nothing",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", asked(nowMs + 30_000)]]), stopByMs: nowMs },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "does not kill again what has just been killed",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", asked(nowMs - 1_000, nowMs - 1_000)]]) },
    expected: ["wake 4000"],
  },
  {
    it: "removes everything once all have ended",
    intent: "delete",
    observed: [sandbox, exited(143)],
    expected: ["removeContainer c", "removeContainer s"],
  },
  { it: "is finished when nothing is left", intent: "delete", observed: [], expected: ["finish"] },
  { it: "is finished with a pod that was never here", intent: "discard", observed: [], expected: ["finish"] },
  {
    it: "removes what is left of a pod that the api-server does not have",
    intent: "discard",
    containers: [],
    observed: [sandbox, exited(0)],
    expected: ["removeContainer c", "removeContainer s"],
  },
  {
    it: "keeps the dead containers of a pod that has ended",
    intent: "settle",
    observed: [sandbox, exited(0)],
    expected: ["removeContainer s"],
  },
  { it: "has nothing to do for a pod that has ended and is settled", intent: "settle", observed: [exited(0)], expected: [] },
];

function pullFailed(failedAtMs: number) {
  return { state: "failed", reason: "ErrImagePull", message: "no", failures: 1, failedAtMs, retryAtMs: failedAtMs + 5_000 } as const;
}

describe("planPod", () => {
  for (const {
    it: does,
    intent = "run",
    policy = "Always",
    containers = ["web"],
    observed,
    records = {},
    memory: known,
    environmentProblems = new Map(),
    expected,
  } of cases) {
    it(does, () => {
      const pod = makeWhole(podKind, {
        metadata: { name: "p", namespace: "default", uid: "u" },
        spec: {
          restartPolicy: policy,
          terminationGracePeriodSeconds: 30,
          containers: containers.map((name) => ({ name, image: "busybox:1" })),
        },
      });
      const plan = planPod({
        ...{ pod, intent, observed: observePod(observed), records, life: newLife, memory: podMemory(known) },
        ...{ environmentProblems, volumeProblems: new Map(), verdicts: new Map(), graceSeconds: 30, nowMs },
      });

      expect(plan.map(brief)).to.deep.equal(expected);
    });
  }
});
