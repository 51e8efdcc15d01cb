import { expect } from "chai";
import { type DeploymentOptions, deployment, ownedBy, pod, replicaSet } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { completedAnnotation, desiredReplicasAnnotation, maxReplicasAnnotation, revisionAnnotation } from "./annotations.js";
import { planDeployment } from "./plan.js";
import type { Step } from "./step.js";
import { viewDeployment } from "./view.js";

/** A ReplicaSet of the Deployment: how many it wants, has and has ready. */
interface Set {
  readonly name: "old" | "older" | "new";
  readonly wanted: number;
  readonly active?: number;
  readonly ready?: number;
  readonly terminating?: number;
  /** Its controller has not seen its last change. */
  readonly unsettled?: boolean;
  readonly deleting?: boolean;
  /** What the Deployment asked for when it was scaled last. */
  readonly desired?: number;
  readonly max?: number;
  /** Its rollout has not been seen to end; by default it has. */
  readonly incomplete?: boolean;
}

interface Case extends DeploymentOptions {
  readonly it: string;
  readonly sets: readonly Set[];
  readonly plan: readonly string[];
}

const ages = { older: 1, old: 2, new: 3 };

function planOf({ sets, it: _it, plan: _plan, ...options }: Case): readonly string[] {
  const desired = options.replicas ?? 1;
  const highest = sets.some(({ name }) => name === "new") ? 3 : 2;
  const owner = deployment({ annotations: { [revisionAnnotation]: String(sets.length === 0 ? 1 : highest) }, ...options });
  const pods = new Map<string, Whole<Pod>[]>();
  const replicaSets = sets.map((set) => {
    const built = buildSet(set, desired);
    pods.set(built.metadata.uid, buildPods(set, built));
    return built;
  });
  const view = viewDeployment(owner, replicaSets, ({ metadata }) => pods.get(metadata.uid) ?? [], 0);
  return planDeployment(view).map(describeStep);
}

function buildSet(
  { name, wanted, unsettled = false, deleting = false, desired, max, incomplete = false }: Set,
  deploymentDesired: number,
): Whole<ReplicaSet> {
  const size = {
    [desiredReplicasAnnotation]: String(desired ?? deploymentDesired),
    ...(max === undefined ? {} : { [maxReplicasAnnotation]: String(max) }),
  };
  return replicaSet({
    name,
    replicas: wanted,
    createdMs: ages[name] * 1_000,
    generation: 2,
    deleting,
    annotations: { [revisionAnnotation]: String(ages[name]), ...size, ...(incomplete ? {} : { [completedAnnotation]: "true" }) },
    matchLabels: { app: "web" },
    template: { image: name === "new" ? "busybox:1.36" : `busybox:${name}` },
    status: { observedGeneration: unsettled ? 1 : 2 },
  });
}

function buildPods({ name, wanted, active = wanted, ready = active, terminating = 0 }: Set, owner: Whole<ReplicaSet>): Whole<Pod>[] {
  return [
    ...Array.from({ length: active }, (_, index) => pod({ name: `${name}-${index}`, owner: ownedBy(owner), ready: index < ready })),
    ...Array.from({ length: terminating }, (_, index) => pod({ name: `${name}-t${index}`, owner: ownedBy(owner), deleting: true })),
  ];
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case "create":
      return `create with ${step.replicas}`;
    case "scale":
      return `${step.replicaSet.metadata.name} to ${step.replicas}`;
    case "sync":
      return `sync ${step.replicaSet.metadata.name}`;
    case "mark":
      return `mark ${step.replicaSet.metadata.name} ${Object.keys(step.annotations).join()}`;
    case "rollback":
      return "roll back";
    case "annotate":
      return `revision ${step.annotations[revisionAnnotation]}`;
    case "delete":
      return `delete ${step.replicaSet.metadata.name}`;
  }
}

const one = { maxSurge: 1, maxUnavailable: 1 };

const cases: readonly Case[] = [
  { it: "begins with all of its replicas", replicas: 3, annotations: {}, sets: [], plan: ["create with 3", "revision 1"] },
  { it: "does nothing when done", replicas: 3, sets: [{ name: "new", wanted: 3 }], plan: [] },
  {
    it: "notes that a rollout has come to its end",
    replicas: 3,
    sets: [{ name: "new", wanted: 3, incomplete: true }],
    plan: ["mark new howbernetes.dev/completed,howbernetes.dev/failed"],
  },
  { it: "takes nothing at all for no proof", replicas: 0, sets: [{ name: "new", wanted: 0, incomplete: true }], plan: [] },
  { it: "begins a rollout with the surge", replicas: 3, ...one, sets: [{ name: "old", wanted: 3 }], plan: ["create with 1", "revision 3"] },
  {
    it: "begins a rollout without room with nothing",
    replicas: 3,
    maxSurge: 0,
    maxUnavailable: 1,
    sets: [{ name: "old", wanted: 3 }],
    plan: ["create with 0", "revision 3"],
  },
  {
    it: "begins a rollout with nothing while the old has yet to follow its last change",
    replicas: 3,
    ...one,
    sets: [{ name: "old", wanted: 3, unsettled: true }],
    plan: ["create with 0", "revision 3"],
  },
  {
    it: "begins at its full size beside old ReplicaSets that are being deleted, to take over the pods that they leave",
    replicas: 3,
    ...one,
    sets: [{ name: "old", wanted: 0, unsettled: true, deleting: true }],
    plan: ["create with 3", "revision 3"],
  },
  {
    it: "shrinks the old as far as may be unavailable",
    replicas: 3,
    ...one,
    sets: [
      { name: "old", wanted: 3 },
      { name: "new", wanted: 1, ready: 0 },
    ],
    plan: ["old to 2"],
  },
  {
    it: "does not grow before the old pod has been told to go",
    replicas: 3,
    ...one,
    sets: [
      { name: "old", wanted: 2, active: 3 },
      { name: "new", wanted: 1, ready: 0 },
    ],
    plan: [],
  },
  {
    it: "grows when the old pod has been told to go",
    replicas: 3,
    ...one,
    sets: [
      { name: "old", wanted: 2, active: 2, terminating: 1 },
      { name: "new", wanted: 1, ready: 0 },
    ],
    plan: ["new to 2"],
  },
  {
    it: "does not grow while the old has yet to follow its last change",
    replicas: 3,
    ...one,
    sets: [
      { name: "old", wanted: 2, unsettled: true },
      { name: "new", wanted: 1, ready: 0 },
    ],
    plan: [],
  },
  {
    it: "waits for the new to be ready when none may be unavailable",
    replicas: 3,
    maxSurge: 1,
    maxUnavailable: 0,
    sets: [
      { name: "old", wanted: 3 },
      { name: "new", wanted: 1, ready: 0 },
    ],
    plan: [],
  },
  {
    it: "shrinks the old for each new one that is ready",
    replicas: 3,
    maxSurge: 1,
    maxUnavailable: 0,
    sets: [
      { name: "old", wanted: 3 },
      { name: "new", wanted: 1 },
    ],
    plan: ["old to 2"],
  },
  {
    it: "does not count as ready what is about to be deleted",
    replicas: 3,
    ...one,
    sets: [
      { name: "old", wanted: 2, active: 3 },
      { name: "new", wanted: 2, ready: 0 },
    ],
    plan: [],
  },
  {
    it: "takes from the old what is not ready first",
    replicas: 4,
    maxSurge: 1,
    maxUnavailable: 1,
    sets: [
      { name: "old", wanted: 4, ready: 3 },
      { name: "new", wanted: 1, ready: 0 },
    ],
    plan: ["old to 3"],
  },
  {
    it: "takes from the oldest first",
    replicas: 4,
    maxSurge: 0,
    maxUnavailable: 2,
    sets: [
      { name: "older", wanted: 2 },
      { name: "old", wanted: 2 },
      { name: "new", wanted: 0 },
    ],
    plan: ["older to 0"],
  },
  {
    it: "shrinks a new one that is larger than wanted",
    replicas: 2,
    ...one,
    sets: [
      { name: "old", wanted: 1 },
      { name: "new", wanted: 3 },
    ],
    plan: ["new to 2"],
  },
  { it: "follows its own size", replicas: 5, sets: [{ name: "new", wanted: 3, desired: 3 }], plan: ["new to 5"] },
  {
    it: "shares a new size in proportion in the middle of a rollout",
    replicas: 20,
    maxSurge: 2,
    maxUnavailable: 2,
    sets: [
      { name: "old", wanted: 8, desired: 10, max: 12 },
      { name: "new", wanted: 4, ready: 0, desired: 10, max: 12 },
    ],
    plan: ["old to 15", "new to 7"],
  },
  {
    it: "shrinks in proportion, too",
    replicas: 5,
    maxSurge: 2,
    maxUnavailable: 2,
    sets: [
      { name: "old", wanted: 8, desired: 10, max: 12 },
      { name: "new", wanted: 4, ready: 0, desired: 10, max: 12 },
    ],
    plan: ["old to 5", "new to 2"],
  },
  {
    it: "goes down to nothing",
    replicas: 0,
    sets: [
      { name: "old", wanted: 2, desired: 3 },
      { name: "new", wanted: 1, desired: 3 },
    ],
    plan: ["old to 0", "new to 0"],
  },
  { it: "begins nothing while paused", replicas: 3, paused: true, sets: [{ name: "old", wanted: 3, max: 4 }], plan: [] },
  { it: "is scaled while paused", replicas: 5, paused: true, sets: [{ name: "old", wanted: 3, desired: 3, max: 4 }], plan: ["old to 5"] },
  {
    it: "forgets the oldest beyond its history while paused, too",
    replicas: 1,
    paused: true,
    revisionHistoryLimit: 1,
    sets: [
      { name: "older", wanted: 0, max: 2 },
      { name: "old", wanted: 0, max: 2 },
      { name: "new", wanted: 1, max: 2 },
    ],
    plan: ["delete older"],
  },
  {
    it: "numbers its newest while paused, too",
    replicas: 1,
    paused: true,
    minReadySeconds: 5,
    sets: [{ name: "new", wanted: 1, max: 2 }],
    plan: ["sync new"],
  },
  {
    it: "takes down what is old when the new has all of its size",
    replicas: 3,
    sets: [
      { name: "old", wanted: 1, desired: 5 },
      { name: "new", wanted: 3 },
    ],
    plan: ["old to 0"],
  },
  { it: "does nothing more while it is deleted", replicas: 3, deleting: true, sets: [{ name: "old", wanted: 3 }], plan: [] },
  {
    it: "recreates by taking the old down first",
    replicas: 3,
    strategy: "Recreate",
    sets: [{ name: "old", wanted: 3 }],
    plan: ["old to 0"],
  },
  {
    it: "recreates nothing while an old pod goes",
    replicas: 3,
    strategy: "Recreate",
    sets: [{ name: "old", wanted: 0, terminating: 1 }],
    plan: [],
  },
  {
    it: "recreates nothing while an old pod might still be made",
    replicas: 3,
    strategy: "Recreate",
    sets: [{ name: "old", wanted: 0, unsettled: true }],
    plan: [],
  },
  {
    it: "recreates all at once when the old is gone",
    replicas: 3,
    strategy: "Recreate",
    sets: [{ name: "old", wanted: 0 }],
    plan: ["create with 3", "revision 3"],
  },
  {
    it: "forgets the oldest beyond its history",
    replicas: 1,
    revisionHistoryLimit: 1,
    sets: [
      { name: "older", wanted: 0 },
      { name: "old", wanted: 0 },
      { name: "new", wanted: 1 },
    ],
    plan: ["delete older"],
  },
  {
    it: "forgets none that still has a pod",
    replicas: 1,
    revisionHistoryLimit: 1,
    sets: [
      { name: "older", wanted: 0, terminating: 1 },
      { name: "old", wanted: 0 },
      { name: "new", wanted: 1 },
    ],
    plan: [],
  },
  {
    it: "brings the newest's pause before ready up to date",
    replicas: 1,
    minReadySeconds: 5,
    sets: [{ name: "new", wanted: 1 }],
    plan: ["sync new"],
  },
];

describe("planDeployment", () => {
  for (const testCase of cases) {
    it(testCase.it, () => expect(planOf(testCase)).to.deep.equal(testCase.plan));
  }
});
