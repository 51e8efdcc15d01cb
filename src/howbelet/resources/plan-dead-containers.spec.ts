import { expect } from "chai";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { noDeadContainers, planDeadContainers } from "./plan-dead-containers.js";

const nowMs = 1_000_000;

function container(
  id: string,
  overrides: { pod?: string; attempt?: number; phase?: "running" | "exited"; agoMs?: number; kind?: string } = {},
) {
  const { pod = "ended", attempt = 0, phase = "exited", agoMs = 100_000, kind = "app" } = overrides;
  const identity = { podUid: pod, container: "main", kind, attempt };
  return { id, identity, phase, finishedAtMs: nowMs - agoMs } as unknown as ContainerSnapshot;
}

describe("planDeadContainers", () => {
  const hasEnded = (uid: string): boolean => uid === "ended";
  const policy = { keepAtMost: 1, minAgeMs: 60_000 };
  const cases = [
    { it: "keeps as many as it may", containers: [container("a")], removed: [] },
    {
      it: "removes the oldest first",
      containers: [container("new", { agoMs: 70_000 }), container("old", { agoMs: 90_000 })],
      removed: ["old"],
    },
    {
      it: "keeps what has only just died",
      containers: [container("a", { agoMs: 59_000 }), container("b", { agoMs: 58_000 })],
      removed: [],
    },
    {
      it: "keeps the last run of a pod that has not ended, and goes for those before it",
      containers: [
        container("first", { pod: "lives", attempt: 0, agoMs: 300_000 }),
        container("second", { pod: "lives", attempt: 1, agoMs: 200_000 }),
        container("last", { pod: "lives", attempt: 2, agoMs: 100_000 }),
      ],
      removed: ["first"],
    },
    { it: "leaves sandboxes to their pods", containers: [container("a", { kind: "sandbox" }), container("b")], removed: [] },
    { it: "leaves alone what runs", containers: [container("a", { phase: "running" }), container("b")], removed: [] },
  ];
  for (const { it: does, containers, removed } of cases) {
    it(does, () => expect(planDeadContainers(containers, hasEnded, policy, nowMs)).to.deep.equal(removed));
  }

  it("removes all that may go when the disk is short", () => {
    const containers = [container("a", { agoMs: 1 }), container("kept", { pod: "lives" })];
    expect(planDeadContainers(containers, hasEnded, noDeadContainers, nowMs)).to.deep.equal(["a"]);
  });
});
