import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { containersOf } from "../pods/pod-containers.js";
import { forLogs, forSessions } from "../pods/pod-order.js";
import { type FollowedPod, planFollow } from "./follow-plan.js";
import { hasEndedForGood, unreadInstances } from "./instances.js";

const followed = (name: string, facts: Partial<FollowedPod> = {}): FollowedPod => ({
  pod: pod({ name }),
  isGone: false,
  isOld: true,
  following: "not yet",
  streams: 1,
  ...facts,
});

describe("planFollow", () => {
  const going = pod({ name: "a", deleting: true });
  const cases = [
    { it: "begins with all pods", choice: "all", pods: [followed("a"), followed("b")], start: ["a", "b"] },
    {
      it: "begins with the best one",
      choice: "one",
      pods: [followed("a", { pod: pod({ name: "a", ready: false }) }), followed("b")],
      start: ["b"],
    },
    { it: "stays with the one it has", choice: "one", pods: [followed("a", { following: "now" }), followed("b")], start: [] },
    { it: "goes on with another", choice: "one", pods: [followed("a", { following: "done" }), followed("b")], start: ["b"] },
    {
      it: "does not go on with one that goes, too",
      choice: "one",
      pods: [followed("b", { following: "done" }), followed("a", { pod: going })],
      start: [],
      isDone: true,
    },
    {
      it: "does not go back to what had ended before",
      choice: "one",
      pods: [followed("b", { following: "done" }), followed("a", { pod: pod({ name: "a", phase: "Succeeded" }) })],
      start: [],
      isDone: true,
    },
    {
      it: "reads what ended after it had begun",
      choice: "one",
      pods: [followed("b", { following: "done" }), followed("a", { isOld: false, pod: pod({ name: "a", phase: "Succeeded" }) })],
      start: ["a"],
    },
    {
      it: "keeps to the bound",
      choice: "all",
      pods: [followed("a", { following: "now", streams: 2 }), followed("b", { streams: 2 })],
      start: [],
    },
    { it: "follows a pod beyond the bound when it is alone", choice: "all", pods: [followed("a", { streams: 9 })], start: ["a"] },
    { it: "leaves out what is gone", choice: "all", pods: [followed("a", { isGone: true })], start: [], isDone: true },
    {
      it: "is done when all have ended and none can come",
      choice: "all",
      pods: [followed("a", { following: "done" })],
      start: [],
      isDone: true,
    },
    { it: "waits while more may come", choice: "all", pods: [followed("a", { following: "done" })], start: [], isOver: false },
  ] as const;
  for (const { it: does, choice, pods, start, isOver = true, isDone = false } of cases.map((row) => ({
    isOver: true,
    isDone: false,
    ...row,
  }))) {
    it(does, () => {
      const plan = planFollow({ choice, pods, maxStreams: 3, isOver });
      expect(plan.start.map(({ metadata }) => metadata.name)).to.deep.equal(start);
      expect(plan.isDone).to.equal(isDone);
    });
  }
});

describe("unreadInstances", () => {
  const status = (facts: object): ContainerStatus => ({ name: "main", ...facts }) as ContainerStatus;
  const dead = (containerID: string) => ({ terminated: { containerID } });
  const cases = [
    { it: "finds none before the first run", status: status({ state: { waiting: {} } }), known: undefined, ids: [] },
    {
      it: "takes the present run at first",
      status: status({ state: { running: {} }, containerID: "b", lastState: dead("a") }),
      known: undefined,
      ids: ["b"],
    },
    {
      it: "takes the last run while the next one waits",
      status: status({ state: { waiting: {} }, containerID: "a", lastState: dead("a") }),
      known: undefined,
      ids: ["a"],
    },
    {
      it: "finds what ran and ended unseen",
      status: status({ state: { running: {} }, containerID: "c", lastState: dead("b") }),
      known: ["a"],
      ids: ["b", "c"],
    },
    { it: "finds nothing twice", status: status({ state: dead("b"), lastState: dead("a") }), known: ["a", "b"], ids: [] },
  ];
  for (const { it: does, status: given, known, ids } of cases) {
    it(does, () => expect(unreadInstances(given, known === undefined ? undefined : new Set(known))).to.deep.equal(ids));
  }
});

describe("hasEndedForGood", () => {
  const again = { action: "Restart", exitCodes: { operator: "In", values: [42] } };
  const cases: readonly { of: Parameters<typeof PodSpec.fromPartial>[0]; says: string; exitCode: number; ended: boolean }[] = [
    { of: { restartPolicy: "Always", containers: [{}] }, says: "an app container, Always", exitCode: 0, ended: false },
    { of: { restartPolicy: "OnFailure", containers: [{}] }, says: "an app container, OnFailure", exitCode: 1, ended: false },
    { of: { restartPolicy: "OnFailure", containers: [{}] }, says: "an app container, OnFailure", exitCode: 0, ended: true },
    { of: { restartPolicy: "Never", containers: [{}] }, says: "an app container, Never", exitCode: 1, ended: true },
    {
      of: { restartPolicy: "Never", containers: [{ restartPolicy: "Never", restartPolicyRules: [again] }] },
      says: "an app container with a rule for that code",
      exitCode: 42,
      ended: false,
    },
    { of: { restartPolicy: "Always", initContainers: [{}] }, says: "an init container, Always", exitCode: 0, ended: true },
    { of: { restartPolicy: "Always", initContainers: [{}] }, says: "an init container, Always", exitCode: 1, ended: false },
    { of: { restartPolicy: "Never", initContainers: [{ restartPolicy: "Always" }] }, says: "a sidecar", exitCode: 0, ended: false },
    {
      of: { restartPolicy: "Always", ephemeralContainers: [{ ephemeralContainerCommon: {} }] },
      says: "an ephemeral container",
      exitCode: 1,
      ended: true,
    },
  ];
  for (const { of, says, exitCode, ended } of cases) {
    it(`is ${ended} of ${says}, that exited with ${exitCode}`, () => {
      const [container] = containersOf({ spec: PodSpec.fromPartial(of) });
      const status = { name: "main", state: { terminated: { exitCode } } } as ContainerStatus;
      expect(container === undefined ? undefined : hasEndedForGood(container, status)).to.equal(ended);
    });
  }
});

describe("the order in which pods are taken", () => {
  const unbound = pod({ name: "unbound", nodeName: "" });
  const pending = pod({ name: "pending", phase: "Pending", ready: false });
  const unready = pod({ name: "unready", ready: false });
  const late = pod({ name: "late", readySinceMs: Date.UTC(2031, 0, 1) });
  const calm = pod({ name: "calm" });
  const shaky = pod({ name: "shaky", restarts: 3 });
  const all = [unbound, pending, unready, late, calm, shaky];

  it("is for logs: running, ready, ready for long, and often restarted first", () => {
    const names = [...all].sort(forLogs).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(["shaky", "calm", "late", "unready", "pending", "unbound"]);
  });

  it("is for sessions the same, but for restarts", () => {
    const names = [...all].sort(forSessions).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(["calm", "shaky", "late", "unready", "pending", "unbound"]);
  });
});
