import { expect } from "chai";
import { containerSnapshot } from "../../../test/builders/pod-on-node.js";
import { imagesOf, nowMs, type PlanCase, planned } from "../../../test/builders/pod-plan.js";
import type { ContainerSnapshot } from "../runtime/interface.js";

const sandbox = containerSnapshot("s", { name: "POD" });
const there = imagesOf("first", "second", "side", "web");
const two = [{ name: "first" }, { name: "second" }];
const served = [{ name: "side", restartPolicy: "Always" }, { name: "first" }];

const init = (id: string, name: string, overrides: Partial<ContainerSnapshot> & { readonly attempt?: number } = {}): ContainerSnapshot =>
  containerSnapshot(id, { name, kind: "init", ...overrides });
const done = { phase: "exited", exitCode: 0 } as const;
const failed = { phase: "exited", exitCode: 1 } as const;
const diedNow = (id: string) => ({ endedAtMs: new Map([[id, nowMs]]) });
const made = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { started: true, failures: 1 }]));

interface Case extends PlanCase {
  readonly it: string;
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  {
    it: "looks for the image of the first while the sandbox is made, and for no other",
    initContainers: two,
    observed: [],
    memory: { images: new Map() },
    expected: ["runSandbox 0", "ensureImage first"],
  },
  { it: "runs the first alone", initContainers: two, observed: [sandbox], expected: ["run first 0 failures 0"] },
  { it: "waits for it", initContainers: two, observed: [sandbox, init("i", "first")], expected: [] },
  {
    it: "runs the next when it has succeeded",
    initContainers: two,
    observed: [sandbox, init("i", "first", done)],
    expected: ["run second 0 failures 0"],
  },
  {
    it: "runs the app when the last has, and notes that",
    initContainers: two,
    observed: [sandbox, init("i", "first", done), init("j", "second", done)],
    expected: ["initialized s", "run web 0 failures 0"],
  },
  {
    it: "does not look back once that is noted, though they were removed",
    initContainers: two,
    observed: [sandbox],
    records: made("first", "second"),
    life: { initializedIn: "s" },
    expected: ["run web 0 failures 0"],
  },
  {
    it: "nor once an app container has run in the sandbox",
    initContainers: two,
    observed: [sandbox, containerSnapshot("c")],
    records: made("first", "second", "web"),
    expected: [],
  },
  {
    it: "restarts one that has failed",
    initContainers: two,
    observed: [sandbox, init("i", "first", failed)],
    memory: { ...there, ...diedNow("i") },
    expected: ["run first 1 failures 1"],
  },
  {
    it: "backs off when it fails again",
    initContainers: two,
    observed: [sandbox, init("i", "first", { ...failed, attempt: 1 })],
    records: { first: { restartCount: 1, failures: 1, started: true } },
    memory: { ...there, ...diedNow("i") },
    expected: ["crashLoop first 1000", "wake 1000"],
  },
  {
    it: "does not restart one that has succeeded, whatever the pod's policy",
    policy: "Always",
    initContainers: two,
    observed: [sandbox, init("i", "first", done), init("j", "second")],
    expected: [],
  },
  {
    it: "gives the pod up when one fails under Never",
    policy: "Never",
    initContainers: two,
    observed: [sandbox, init("i", "first", failed)],
    expected: ["removeContainer s"],
  },
  {
    it: "ends the sidecars of a pod that it gives up",
    policy: "Never",
    initContainers: served,
    observed: [sandbox, init("a", "side"), init("i", "first", failed)],
    expected: ["terminate a by 30000", "wake 30000"],
  },
  {
    it: "begins anew in a new sandbox",
    initContainers: two,
    observed: [containerSnapshot("s2", { name: "POD", attempt: 1 }), sandbox, init("i", "first", done), init("j", "second", done)],
    records: made("first", "second"),
    life: { initializedIn: "s" },
    expected: ["removeContainer s", "run first 1 failures 1"],
  },
  {
    it: "starts one that was made and left",
    initContainers: two,
    observed: [sandbox, init("i", "first", { phase: "created" })],
    expected: ["startContainer i"],
  },
  {
    it: "passes a sidecar that runs",
    initContainers: served,
    observed: [sandbox, init("a", "side")],
    expected: ["run first 0 failures 0"],
  },
  {
    it: "waits for a sidecar that its startup probe has not found started",
    initContainers: served,
    observed: [sandbox, init("a", "side")],
    verdicts: new Map([["a", { isStarted: false, isReady: false, fatal: undefined }]]),
    expected: [],
  },
  {
    it: "does not wait for one to become ready",
    initContainers: served,
    observed: [sandbox, init("a", "side")],
    verdicts: new Map([["a", { isStarted: true, isReady: false, fatal: undefined }]]),
    expected: ["run first 0 failures 0"],
  },
  {
    it: "restarts a sidecar that ended, however well, while later ones go on",
    initContainers: served,
    observed: [sandbox, init("a", "side", done), init("i", "first")],
    memory: { ...there, ...diedNow("a") },
    expected: ["run side 1 failures 1"],
  },
  {
    it: "restarts a sidecar under Never",
    policy: "Never",
    initContainers: served,
    observed: [sandbox, init("a", "side", failed), init("i", "first", done), containerSnapshot("c")],
    memory: { ...there, ...diedNow("a") },
    life: { initializedIn: "s" },
    expected: ["run side 1 failures 1"],
  },
  {
    it: "has nothing to do for sidecars and containers that run",
    initContainers: served,
    observed: [sandbox, init("a", "side"), init("i", "first", done), containerSnapshot("c")],
    life: { initializedIn: "s" },
    expected: [],
  },
  {
    it: "runs an ephemeral container whatever the others do",
    initContainers: two,
    ephemeralContainers: ["debug"],
    observed: [sandbox, init("i", "first")],
    memory: imagesOf("debug"),
    expected: ["run debug 0 failures 0"],
  },
  {
    it: "runs an ephemeral container once",
    ephemeralContainers: ["debug"],
    observed: [sandbox, containerSnapshot("c"), containerSnapshot("d", { name: "debug", kind: "ephemeral", ...failed })],
    expected: [],
  },
];

describe("planInit", () => {
  for (const { it: does, expected, ...given } of cases) {
    it(does, () => {
      expect(planned({ memory: there, ...given })).to.deep.equal(expected);
    });
  }
});
