import { expect } from "chai";
import { containerSnapshot } from "../../../test/builders/pod-on-node.js";
import { ending, nowMs, type PlanCase, planned } from "../../../test/builders/pod-plan.js";
import type { Ending } from "../pods/pod-memory.js";
import type { ContainerSnapshot } from "../runtime/interface.js";

const sandbox = containerSnapshot("s", { name: "POD" });
const exited = (exitCode: number, overrides: Parameters<typeof containerSnapshot>[1] = {}): ContainerSnapshot =>
  containerSnapshot("c", { phase: "exited", exitCode, ...overrides });
const deleted = { intent: "delete" } as const;
const hooked = { name: "web", lifecycle: { preStop: { sleep: { seconds: 1 } } } };
const begun = (graceEndsAtMs: number, isInHook: boolean): Ending => ending(graceEndsAtMs, { isInHook, killAtMs: undefined });
const sidecars = ["first", "second"].map((name) => ({ name, restartPolicy: "Always" }));
const sidecarsRunning = [containerSnapshot("a", { name: "first", kind: "init" }), containerSnapshot("b", { name: "second", kind: "init" })];

interface Case extends PlanCase {
  readonly it: string;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
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
    memory: { endings: new Map([["c", ending(nowMs + 3_000)]]), stopByMs: nowMs + 3_000 },
    expected: ["wake 3000"],
  },
  {
    it: "kills when the grace is over",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", ending(nowMs)]]) },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "kills at once when the grace was shortened to nothing",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", ending(nowMs + 30_000)]]), stopByMs: nowMs },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "does not kill again what has just been killed",
    intent: "delete",
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", ending(nowMs - 1_000, { killedAtMs: nowMs - 1_000 })]]) },
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
  {
    it: "lets a hook come before the word to end",
    ...deleted,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    expected: ["preStop c by 30000", "wake 30000"],
  },
  {
    it: "waits for the hook",
    ...deleted,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", begun(nowMs + 9_000, true)]]) },
    expected: ["wake 9000"],
  },
  {
    it: "tells the container to end when its hook is over, with what is left of the grace",
    ...deleted,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", begun(nowMs + 9_000, false)]]) },
    expected: ["terminate c by 9000", "wake 9000"],
  },
  {
    it: "leaves the container two seconds when its hook left none",
    ...deleted,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", begun(nowMs, true)]]), stopByMs: nowMs },
    expected: ["terminate c by 2000", "wake 2000"],
  },
  {
    it: "keeps these two seconds",
    ...deleted,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", ending(nowMs - 1_000, { killAtMs: nowMs + 1_000 })]]), stopByMs: nowMs - 1_000 },
    expected: ["wake 1000"],
  },
  {
    it: "kills at once when there is no grace, whatever hook there is",
    ...deleted,
    graceSeconds: 0,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    memory: { stopByMs: nowMs },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "does not wait for a hook when the grace was shortened to nothing",
    ...deleted,
    graceSeconds: 0,
    containers: [hooked],
    observed: [sandbox, containerSnapshot("c")],
    memory: { endings: new Map([["c", begun(nowMs + 9_000, true)]]), stopByMs: nowMs },
    expected: ["kill c", "wake 5000"],
  },
  {
    it: "lets sidecars wait for the containers that they serve",
    ...deleted,
    initContainers: sidecars,
    observed: [sandbox, containerSnapshot("c"), ...sidecarsRunning],
    expected: ["terminate c by 30000", "wake 30000", "hold a by 30000", "wake 30000", "hold b by 30000", "wake 30000"],
  },
  {
    it: "ends sidecars from the last to the first",
    ...deleted,
    initContainers: sidecars,
    observed: [sandbox, exited(0), ...sidecarsRunning],
    memory: { endings: new Map(["a", "b"].map((id) => [id, begun(nowMs + 9_000, false)])) },
    expected: ["wake 9000", "terminate b by 9000", "wake 9000"],
  },
  {
    it: "ends sidecars together when the grace is over",
    ...deleted,
    initContainers: sidecars,
    observed: [sandbox, containerSnapshot("c"), ...sidecarsRunning],
    memory: { endings: new Map(["a", "b", "c"].map((id) => [id, begun(nowMs, false)])), stopByMs: nowMs },
    expected: ["c", "a", "b"].flatMap((id) => [`terminate ${id} by 2000`, "wake 2000"]),
  },
  {
    it: "lets init containers that come to their end wait for nobody",
    ...deleted,
    initContainers: [{ name: "web" }],
    observed: [sandbox, containerSnapshot("i", { kind: "init" }), containerSnapshot("a", { name: "side", kind: "init" })],
    expected: ["terminate i by 30000", "wake 30000", "terminate a by 30000", "wake 30000"],
  },
  {
    it: "ends the sidecars of a pod whose containers have ended",
    policy: "Never",
    initContainers: sidecars,
    observed: [sandbox, exited(0), ...sidecarsRunning],
    expected: ["hold a by 30000", "wake 30000", "terminate b by 30000", "wake 30000"],
  },
];

describe("planRemoval and planSettling", () => {
  for (const { it: does, expected, ...given } of cases) {
    it(does, () => {
      expect(planned(given)).to.deep.equal(expected);
    });
  }
});
