import { expect } from "chai";
import { birthMs, type PodOptions, pod, statefulSet } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import { intOrString } from "../../api/values/int-or-string.js";
import type { StatefulSet, StatefulSetSpec } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { planStatefulSet } from "./plan.js";
import { nextAvailableInMs, statefulSetStatus } from "./status.js";
import { type Rollout, type StatefulSetView, viewStatefulSet } from "./view.js";

const nowMs = birthMs + 3_600_000;

/** A pod of number `ordinal` and of revision "old", "new" or another. */
function replica(ordinal: number, revision: string, options: PodOptions = {}): Whole<Pod> {
  const name = `db-${ordinal}`;
  const identity = { "statefulset.kubernetes.io/pod-name": name, "apps.kubernetes.io/pod-index": String(ordinal) };
  return pod({ name, labels: { ...identity, "controller-revision-hash": revision }, ...options });
}

const old = (ordinal: number, options?: PodOptions): Whole<Pod> => replica(ordinal, "old", options);
const fresh = (ordinal: number, options?: PodOptions): Whole<Pod> => replica(ordinal, "new", options);
/** Of a revision that was neither rolled out to its end nor is the present template's. */
const bad = (ordinal: number, options?: PodOptions): Whole<Pod> => replica(ordinal, "bad", options);
const unready: PodOptions = { ready: false };
const pending: PodOptions = { phase: "Pending", nodeName: "" };
const going: PodOptions = { deleting: true };
const failed: PodOptions = { phase: "Failed" };
const young: PodOptions = { readySinceMs: nowMs - 4_000 };

interface Given {
  readonly replicas: number;
  readonly pods: readonly Whole<Pod>[];
  readonly parallel?: boolean;
  readonly onDelete?: boolean;
  readonly partition?: number;
  readonly maxUnavailable?: number | string;
  readonly deleting?: boolean;
  readonly spec?: Partial<StatefulSetSpec>;
  /** From "old" to "new" by default; "new" for none under way. */
  readonly from?: string;
  readonly doomed?: readonly string[];
}

function setOf({
  replicas,
  parallel = false,
  onDelete = false,
  partition = 0,
  maxUnavailable,
  deleting = false,
  spec,
}: Given): Whole<StatefulSet> {
  const limit = maxUnavailable === undefined ? undefined : intOrString(maxUnavailable);
  const rolling = { type: "RollingUpdate", rollingUpdate: { partition, maxUnavailable: limit } };
  return statefulSet({
    replicas,
    deleting,
    generation: 7,
    spec: {
      podManagementPolicy: parallel ? "Parallel" : "OrderedReady",
      updateStrategy: onDelete ? { type: "OnDelete", rollingUpdate: undefined } : rolling,
      ...spec,
    },
  });
}

function viewOf(given: Given): StatefulSetView {
  const { pods, from = "old", doomed = [] } = given;
  const rollout: Rollout = { from, to: "new" };
  return viewStatefulSet({ set: setOf(given), pods, isGoing: ({ metadata }) => doomed.includes(metadata.name), rollout, nowMs });
}

describe("planStatefulSet", () => {
  interface Case extends Given {
    readonly it: string;
    /** As "0:new": number and revision. */
    readonly create?: readonly string[];
    readonly remove?: readonly string[];
    readonly relabel?: readonly string[];
  }
  const inOrder: readonly Case[] = [
    { it: "begins with the first", replicas: 3, from: "new", pods: [], create: ["0:new"] },
    { it: "goes on when the one before is available", replicas: 3, from: "new", pods: [fresh(0)], create: ["1:new"] },
    { it: "waits while the one before is not ready", replicas: 3, from: "new", pods: [fresh(0, unready)] },
    { it: "waits for minReadySeconds", replicas: 2, from: "new", spec: { minReadySeconds: 10 }, pods: [fresh(0, young)] },
    { it: "fills gaps first", replicas: 3, from: "new", pods: [fresh(0), fresh(2, unready)], create: ["1:new"] },
    {
      it: "counts from where it is told to",
      replicas: 2,
      from: "new",
      spec: { ordinals: { start: 5 } },
      pods: [fresh(5)],
      create: ["6:new"],
    },
    {
      it: "removes those below where it counts from",
      replicas: 1,
      from: "new",
      spec: { ordinals: { start: 5 } },
      pods: [fresh(5), fresh(0)],
      remove: ["db-0"],
    },
    { it: "never makes a second of a number", replicas: 1, from: "new", pods: [fresh(0, going)] },
    { it: "nor of one that it has deleted itself", replicas: 1, from: "new", pods: [fresh(0)], doomed: ["db-0"] },
    { it: "replaces a failed pod", replicas: 2, from: "new", pods: [fresh(0, failed), fresh(1)], remove: ["db-0"] },
    { it: "replaces a pod that ended well", replicas: 1, from: "new", pods: [fresh(0, { phase: "Succeeded" })], remove: ["db-0"] },
    { it: "waits until a failed pod is gone", replicas: 1, from: "new", pods: [fresh(0, { ...failed, ...going })] },
    { it: "takes one away at a time, the highest first", replicas: 1, from: "new", pods: [fresh(0), fresh(1), fresh(2)], remove: ["db-2"] },
    { it: "waits until it is gone", replicas: 1, from: "new", pods: [fresh(0), fresh(1), fresh(2, going)] },
    { it: "takes none away while one that stays is not well", replicas: 1, from: "new", pods: [fresh(0, unready), fresh(1)] },
    { it: "takes one away that is not well", replicas: 1, from: "new", pods: [fresh(0), fresh(1), fresh(2, unready)], remove: ["db-2"] },
    { it: "waits when one below is not well either", replicas: 1, from: "new", pods: [fresh(0), fresh(1, unready), fresh(2, unready)] },
    { it: "but not for what nobody wants", replicas: 1, from: "new", pods: [fresh(0), bad(1, unready), bad(2, unready)], remove: ["db-2"] },
    {
      it: "ignores pods that are none of its numbers",
      replicas: 0,
      from: "new",
      pods: [pod({ name: "db-x" }), pod({ name: "other-0" }), pod({ name: "db-01" })],
    },
    { it: "does nothing when it is being deleted", replicas: 2, from: "new", deleting: true, pods: [] },
    {
      it: "gives labels back",
      replicas: 1,
      from: "new",
      pods: [fresh(0, { labels: { "controller-revision-hash": "new" } })],
      relabel: ["db-0"],
    },
  ];
  const rolling: readonly Case[] = [
    { it: "exchanges the highest first", replicas: 3, pods: [old(0), old(1), old(2)], remove: ["db-2"] },
    { it: "makes it of the new revision", replicas: 3, pods: [old(0), old(1)], create: ["2:new"] },
    { it: "waits until it is ready", replicas: 3, pods: [old(0), old(1), fresh(2, unready)] },
    { it: "then goes on with the one below", replicas: 3, pods: [old(0), old(1), fresh(2)], remove: ["db-1"] },
    {
      it: "exchanges as many as may be unavailable",
      replicas: 4,
      maxUnavailable: 2,
      pods: [old(0), old(1), old(2), old(3)],
      remove: ["db-3", "db-2"],
    },
    {
      it: "takes a percentage, rounded down",
      replicas: 3,
      maxUnavailable: "99%",
      pods: [old(0), old(1), old(2)],
      remove: ["db-2", "db-1"],
    },
    { it: "but one at least", replicas: 3, maxUnavailable: "1%", pods: [old(0), old(1), old(2)], remove: ["db-2"] },
    { it: "stops at the partition", replicas: 3, partition: 2, pods: [old(0), old(1), fresh(2)] },
    {
      it: "counts the partition from the first number",
      replicas: 2,
      partition: 1,
      spec: { ordinals: { start: 5 } },
      pods: [old(5), old(6)],
      remove: ["db-6"],
    },
    { it: "brings back what is below the partition as it was", replicas: 3, partition: 2, pods: [old(1), fresh(2)], create: ["0:old"] },
    { it: "does not take back what is below the partition and well", replicas: 2, partition: 2, pods: [old(0), fresh(1)] },
    { it: "scales before it exchanges", replicas: 2, pods: [old(0), old(1), old(2)], remove: ["db-2"] },
    { it: "leaves pods alone with OnDelete", replicas: 2, onDelete: true, pods: [old(0), old(1)] },
    { it: "makes new ones with OnDelete", replicas: 2, onDelete: true, pods: [old(0)], create: ["1:new"] },
  ];
  const unsticking: readonly Case[] = [
    {
      it: "replaces a pod that nobody wants and that does not get ready",
      replicas: 3,
      pods: [old(0), old(1), bad(2, unready)],
      remove: ["db-2"],
    },
    { it: "also one that no node takes", replicas: 3, pods: [old(0), old(1), bad(2, pending)], remove: ["db-2"] },
    { it: "also when the way is back", replicas: 3, from: "new", pods: [fresh(0), fresh(1), bad(2, unready)], remove: ["db-2"] },
    { it: "one at a time", replicas: 3, pods: [bad(0, unready), bad(1, unready), bad(2, unready)], remove: ["db-0"] },
    { it: "exchanges one that nobody wants but is ready in its turn", replicas: 2, pods: [old(0), bad(1)], remove: ["db-1"] },
    {
      it: "waits for one that is ready, but not for long enough",
      replicas: 2,
      spec: { minReadySeconds: 10 },
      pods: [old(0), bad(1, young)],
    },
    { it: "replaces the first of a beginning that was bad", replicas: 3, pods: [old(0, unready)], remove: ["db-0"] },
    {
      it: "takes no old pod that may get well while a new one is on its way",
      replicas: 3,
      pods: [old(0, unready), old(1), fresh(2, unready)],
    },
    { it: "nor while one is being exchanged", replicas: 3, pods: [old(0, unready), old(1), old(2, going)] },
    {
      it: "takes back what is below the partition and never got ready",
      replicas: 2,
      partition: 2,
      pods: [old(0), fresh(1, unready)],
      remove: ["db-1"],
    },
    { it: "waits for one of the wanted revision", replicas: 2, from: "new", pods: [fresh(0), fresh(1, unready)] },
    { it: "touches nothing with OnDelete", replicas: 2, onDelete: true, pods: [old(0), bad(1, unready)] },
  ];
  const atOnce: readonly Case[] = [
    { it: "makes all", replicas: 3, from: "new", pods: [fresh(1, unready)], create: ["0:new", "2:new"] },
    {
      it: "takes all away that are too many, well or not",
      replicas: 1,
      from: "new",
      pods: [fresh(0, unready), fresh(1), fresh(2, unready), fresh(3, going)],
      remove: ["db-2", "db-1"],
    },
    { it: "replaces all that failed", replicas: 2, from: "new", pods: [fresh(0, failed), fresh(1, failed)], remove: ["db-0", "db-1"] },
    { it: "exchanges the highest", replicas: 3, pods: [old(0), old(1), old(2)], remove: ["db-2"] },
    { it: "exchanges none while one is not available", replicas: 3, pods: [old(0), old(1), fresh(2, unready)] },
    { it: "or is not there", replicas: 3, pods: [old(0), old(1)], create: ["2:new"] },
    {
      it: "exchanges as many as may be unavailable",
      replicas: 4,
      maxUnavailable: 2,
      pods: [old(0), old(1), old(2), fresh(3, unready)],
      remove: ["db-2"],
    },
    {
      it: "replaces all that nobody wants and that do not get ready",
      replicas: 3,
      pods: [old(0), bad(1, unready), bad(2, unready)],
      remove: ["db-2", "db-1"],
    },
    {
      it: "replaces one of a beginning that was bad",
      replicas: 3,
      pods: [old(0, unready), old(1, unready), old(2, unready)],
      remove: ["db-2"],
    },
    { it: "and then waits for it", replicas: 3, pods: [old(0, unready), old(1, unready), fresh(2, unready)] },
    { it: "waits while one is being exchanged", replicas: 3, pods: [old(0, unready), old(1), old(2, going)] },
  ].map((each) => ({ ...each, it: `${each.it}, with Parallel`, parallel: true }));

  for (const { it: does, create = [], remove = [], relabel = [], ...given } of [...inOrder, ...rolling, ...unsticking, ...atOnce]) {
    it(does, () => {
      const plan = planStatefulSet(viewOf(given));

      expect({
        create: plan.create.map(({ ordinal, wanted }) => `${ordinal}:${wanted}`),
        remove: plan.remove.map(({ metadata }) => metadata.name),
        relabel: plan.relabel.map((each) => each.pod.metadata.name),
      }).to.deep.equal({ create, remove, relabel });
    });
  }
});

describe("statefulSetStatus", () => {
  it("counts pods by how they are and what they are made from", () => {
    const pods = [old(0), old(1, young), fresh(2), fresh(3, unready), old(4, going), bad(5)];
    expect(statefulSetStatus(viewOf({ replicas: 5, spec: { minReadySeconds: 10 }, pods }))).to.deep.include({
      replicas: 6,
      readyReplicas: 5,
      availableReplicas: 3,
      currentReplicas: 2,
      updatedReplicas: 2,
      currentRevision: "old",
      updateRevision: "new",
      observedGeneration: 7,
    });
  });

  it("makes the new revision the one there is when the rollout is over", () => {
    expect(statefulSetStatus(viewOf({ replicas: 2, pods: [fresh(0), fresh(1)] }))).to.include({
      currentRevision: "new",
      currentReplicas: 2,
    });
  });

  const unfinished: Readonly<Record<string, readonly Whole<Pod>[]>> = {
    "an old pod is there": [old(0), fresh(1)],
    "a new pod is not ready": [fresh(0), fresh(1, unready)],
    "a pod is missing": [fresh(0)],
    "a pod is too many": [fresh(0), fresh(1), fresh(2)],
  };
  for (const [state, pods] of Object.entries(unfinished)) {
    it(`does not while ${state}`, () => {
      expect(statefulSetStatus(viewOf({ replicas: 2, pods })).currentRevision).to.equal("old");
    });
  }

  it("tells when the next pod becomes available", () => {
    const pods = [fresh(0), fresh(1, young)];
    expect(nextAvailableInMs(viewOf({ replicas: 2, spec: { minReadySeconds: 10 }, pods }), nowMs)).to.equal(6_000);
    expect(nextAvailableInMs(viewOf({ replicas: 2, pods }), nowMs)).to.equal(undefined);
  });
});
