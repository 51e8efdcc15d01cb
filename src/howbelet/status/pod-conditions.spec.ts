import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { type ConditionFacts, podConditions } from "./pod-conditions.js";

const status = (name: string, ready: boolean, started = ready) => ContainerStatus.fromPartial({ name, ready, started });
const gated = (...conditions: readonly object[]) =>
  makeWhole(podKind, {
    spec: { readinessGates: [{ conditionType: "a" }, { conditionType: "b" }] },
    status: { conditions: [...conditions] },
  });

const usual: ConditionFacts = {
  pod: makeWhole(podKind, {}),
  phase: "Running",
  hasSandbox: true,
  isInitialized: true,
  init: [],
  sidecars: [],
  apps: [status("web", true)],
  previous: [],
  nowMs: 5_000,
};

interface Case extends Partial<ConditionFacts> {
  readonly it: string;
  /** Type, status, reason and message of those that are looked at. */
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  {
    it: "are all true of a pod whose containers are ready",
    expected: ["PodReadyToStartContainers True", "Initialized True", "Ready True", "ContainersReady True"],
  },
  { it: "say that there is no sandbox", hasSandbox: false, expected: ["PodReadyToStartContainers False"] },
  {
    it: "name the containers that are not ready, sidecars first",
    sidecars: [status("side", false, true)],
    apps: [status("web", false), status("log", true)],
    expected: [
      "Initialized True",
      "Ready False ContainersNotReady: containers with unready status: [side web]",
      "ContainersReady False ContainersNotReady: containers with unready status: [side web]",
    ],
  },
  {
    it: "name the init containers that have not done their work, and the sidecars that have not started",
    isInitialized: false,
    init: [status("first", true), status("second", false)],
    sidecars: [status("side", false, true), status("late", false)],
    expected: ["Initialized False ContainersNotInitialized: containers with incomplete status: [second late]"],
  },
  {
    it: "stay initialized while a sidecar restarts",
    sidecars: [status("side", false)],
    expected: ["Initialized True"],
  },
  {
    it: "tell of a pod that has succeeded",
    phase: "Succeeded",
    isInitialized: false,
    init: [status("first", false)],
    expected: ["Initialized True PodCompleted", "Ready False PodCompleted", "ContainersReady False PodCompleted"],
  },
  { it: "tell of a pod that has failed", phase: "Failed", expected: ["Ready False PodFailed", "ContainersReady False PodFailed"] },
  {
    it: "wait for what gates name",
    pod: gated({ type: "b", status: "False" }),
    expected: [
      'Ready False ReadinessGatesNotReady: corresponding condition of pod readiness gate "a" does not exist., ' +
        'the status of pod readiness gate "b" is not "True", but False',
      "ContainersReady True",
    ],
  },
  {
    it: "are true once the gates are open",
    pod: gated({ type: "a", status: "True" }, { type: "b", status: "True" }),
    expected: ["Ready True"],
  },
  {
    it: "do not ask of gates while containers are not ready",
    pod: gated(),
    apps: [status("web", false)],
    expected: ["Ready False ContainersNotReady: containers with unready status: [web]"],
  },
];

describe("podConditions", () => {
  for (const { it: does, expected, ...facts } of cases) {
    it(does, () => {
      const told = podConditions({ ...usual, ...facts }).map(({ type, status: value, reason, message }) => {
        const why = [reason, message].filter((part) => part !== undefined).join(": ");
        return why === "" ? `${type} ${value}` : `${type} ${value} ${why}`;
      });
      expect(told).to.include.members([...expected]);
    });
  }

  it("keep their times until they change", () => {
    const before = podConditions({ ...usual, nowMs: 1_000 });
    const after = podConditions({ ...usual, previous: before, apps: [status("web", false)] });

    const timeOf = (wanted: string) => after.find(({ type }) => type === wanted)?.lastTransitionTime;
    expect(timeOf("Initialized")).to.deep.equal(timeFromMs(1_000));
    expect(timeOf("Ready")).to.deep.equal(timeFromMs(5_000));
  });
});
