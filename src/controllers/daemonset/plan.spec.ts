import { expect } from "chai";
import { birthMs, daemonSet, node, type PodOptions, pod } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { planDaemonSet } from "./plan.js";
import { daemonSetStatus, nextAvailableInMs } from "./status.js";
import { type DaemonSetView, viewDaemonSet } from "./view.js";

const nowMs = birthMs + 3_600_000;

/** A pod "new-1" of the present template, or "old-1" of another, on node n1; further letters tell further pods apart. */
function daemon(name: string, options: PodOptions = {}): Whole<Pod> {
  const [, template = "", digit = ""] = /^(new|old)-(\d)/.exec(name) ?? [];
  return pod({ name, nodeName: `n${digit}`, labels: { "controller-revision-hash": template }, ...options });
}

const going = (name: string): Whole<Pod> => daemon(name, { deleting: true });
const unready = (name: string): Whole<Pod> => daemon(name, { ready: false });
const failed = (name: string): Whole<Pod> => daemon(name, { phase: "Failed" });
const young = (name: string): Whole<Pod> => daemon(name, { readySinceMs: nowMs - 4_000 });
/** Not bound yet, but meant for a node. */
const meant = (name: string, nodeName: string): Whole<Pod> => {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [nodeName] }];
  const required = { nodeSelectorTerms: [{ matchExpressions: [], matchFields }] };
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: [] };
  return daemon(name, { nodeName: "", spec: { affinity: { nodeAffinity, podAffinity: undefined, podAntiAffinity: undefined } } });
};

interface Given {
  readonly set?: Whole<DaemonSet>;
  /** n1 and n2 by default. */
  readonly nodes?: readonly Whole<Node>[];
  readonly pods: readonly Whole<Pod>[];
  /** Names of pods that have been deleted though the cache does not show it. */
  readonly doomed?: readonly string[];
}

function viewOf({ set = daemonSet(), nodes = [node({ name: "n1" }), node({ name: "n2" })], pods, doomed = [] }: Given): DaemonSetView {
  const isGoing = ({ metadata }: Whole<Pod>): boolean => doomed.includes(metadata.name);
  return viewDaemonSet({ daemonSet: set, nodes, pods, isGoing, hashes: new Set(["new"]), nowMs });
}

const tainted = (key: string, effect: string): Whole<Node> => node({ name: "n1", taints: [{ key, effect }] });
const nodes = (count: number): readonly Whole<Node>[] => Array.from({ length: count }, (_, index) => node({ name: `n${index + 1}` }));

describe("planDaemonSet", () => {
  const surge = daemonSet({ maxUnavailable: 0, maxSurge: 1 });
  const waitingSurge = daemonSet({ maxUnavailable: 0, maxSurge: 1, minReadySeconds: 10 });
  const onDelete = daemonSet({ strategy: "OnDelete" });
  const one = [node({ name: "n1" })];

  interface Case extends Given {
    readonly it: string;
    readonly create?: readonly string[];
    readonly remove?: readonly string[];
    readonly finished?: readonly string[];
  }
  const placing: readonly Case[] = [
    { it: "gives every node a pod", pods: [], create: ["n1", "n2"] },
    { it: "leaves nodes alone that have one", pods: [daemon("new-1"), daemon("new-2")] },
    { it: "counts a pod that is meant for a node", pods: [meant("new-1", "n1"), daemon("new-2")] },
    { it: "waits until a pod that goes is gone", pods: [going("new-1"), daemon("new-2")] },
    { it: "waits for a pod that it has deleted itself", pods: [daemon("new-1"), daemon("new-2")], doomed: ["new-1"] },
    { it: "does nothing for a set that is being deleted", set: daemonSet({ deleting: true }), pods: [] },
    { it: "leaves out nodes with a taint", nodes: [tainted("gpu", "NoSchedule")], pods: [] },
    { it: "takes nodes whose taint only puts off", nodes: [tainted("gpu", "PreferNoSchedule")], pods: [], create: ["n1"] },
    { it: "takes cordoned nodes", nodes: [tainted("node.kubernetes.io/unschedulable", "NoSchedule")], pods: [], create: ["n1"] },
    { it: "takes nodes short of memory", nodes: [tainted("node.kubernetes.io/memory-pressure", "NoSchedule")], pods: [], create: ["n1"] },
    { it: "keeps a pod where new ones would not go", nodes: [tainted("gpu", "NoSchedule")], pods: [daemon("new-1")] },
    { it: "takes a pod from a node that drives it away", nodes: [tainted("gpu", "NoExecute")], pods: [daemon("new-1")], remove: ["new-1"] },
    { it: "leaves pods on lost nodes", nodes: [tainted("node.kubernetes.io/unreachable", "NoExecute")], pods: [daemon("new-1")] },
    { it: "replaces failed pods", nodes: one, pods: [failed("new-1")], finished: ["new-1"] },
    { it: "replaces pods that ended well", nodes: one, pods: [daemon("new-1", { phase: "Succeeded" })], finished: ["new-1"] },
    {
      it: "keeps the oldest of several",
      nodes: one,
      pods: [daemon("new-1b", { createdMs: birthMs + 1_000 }), daemon("new-1")],
      remove: ["new-1b"],
    },
    {
      it: "keeps a bound pod rather than an older one that only waits",
      nodes: one,
      pods: [meant("new-1", "n1"), daemon("new-1b", { createdMs: birthMs + 1_000 })],
      remove: ["new-1"],
    },
    { it: "removes pods that wait for a node that is gone", nodes: one, pods: [daemon("new-1"), meant("new-7", "n7")], remove: ["new-7"] },
    { it: "leaves bound pods of a node that is gone to others", nodes: one, pods: [daemon("new-1"), daemon("new-7")] },
  ];
  const exchanging: readonly Case[] = [
    {
      it: "exchanges as many as may be unavailable",
      nodes: nodes(3),
      pods: ["old-1", "old-2", "old-3"].map((name) => daemon(name)),
      remove: ["old-1"],
    },
    {
      it: "takes a percentage of the nodes, rounded up",
      set: daemonSet({ maxUnavailable: "34%" }),
      nodes: nodes(3),
      pods: ["old-1", "old-2", "old-3"].map((name) => daemon(name)),
      remove: ["old-1", "old-2"],
    },
    { it: "waits while a new pod is not available", pods: [unready("new-1"), daemon("old-2")] },
    { it: "waits while a node is without a pod", pods: [going("old-1"), daemon("old-2")] },
    {
      it: "waits while a new pod is ready for too short a time",
      set: daemonSet({ minReadySeconds: 10 }),
      pods: [young("new-1"), daemon("old-2")],
    },
    {
      it: "replaces old pods that are of no use, whatever the limit",
      pods: [unready("old-1"), unready("old-2")],
      remove: ["old-1", "old-2"],
    },
    { it: "counts those against the limit", pods: [unready("old-1"), daemon("old-2")], remove: ["old-1"] },
    { it: "goes on once the new pod is available", pods: [daemon("new-1"), daemon("old-2")], remove: ["old-2"] },
    { it: "removes old pods where no new one could go", nodes: [tainted("gpu", "NoSchedule")], pods: [daemon("old-1")], remove: ["old-1"] },
    {
      it: "removes those within the limit, too",
      nodes: [tainted("gpu", "NoSchedule"), node({ name: "n2" })],
      pods: [daemon("old-1"), unready("new-2")],
    },
    {
      it: "does not wait for nodes that should have no pod",
      nodes: [tainted("gpu", "NoSchedule"), node({ name: "n2" })],
      pods: [going("old-1"), daemon("old-2")],
      remove: ["old-2"],
    },
    {
      it: "exchanges one even of a share that is none",
      set: daemonSet({ maxUnavailable: "0%" }),
      nodes: one,
      pods: [daemon("old-1")],
      remove: ["old-1"],
    },
    { it: "leaves old pods alone with OnDelete", set: onDelete, pods: [daemon("old-1"), unready("old-2")] },
  ];
  const surging: readonly Case[] = [
    { it: "starts a new pod beside an old one", set: surge, pods: [daemon("old-1"), daemon("old-2")], create: ["n1"] },
    { it: "waits while one surges", set: surge, pods: [daemon("old-1"), unready("new-1"), daemon("old-2")] },
    {
      it: "removes the old pod once the new one is available",
      set: surge,
      nodes: one,
      pods: [daemon("old-1"), daemon("new-1")],
      remove: ["old-1"],
    },
    { it: "waits for minReadySeconds before", set: waitingSurge, nodes: one, pods: [daemon("old-1"), young("new-1")] },
    {
      it: "removes an old pod that is of no use beside a new one",
      set: surge,
      nodes: one,
      pods: [unready("old-1"), unready("new-1")],
      remove: ["old-1"],
    },
    {
      it: "starts new pods for all old ones that are of no use",
      set: surge,
      pods: [unready("old-1"), unready("old-2")],
      create: ["n1", "n2"],
    },
    {
      it: "keeps an old pod where no new one could go, as long as others are missing",
      set: surge,
      nodes: [tainted("gpu", "NoSchedule"), node({ name: "n2" })],
      pods: [daemon("old-1"), unready("new-2")],
    },
    {
      it: "removes it when enough others are available",
      set: surge,
      nodes: [tainted("gpu", "NoSchedule"), node({ name: "n2" })],
      pods: [daemon("old-1"), daemon("new-2")],
      remove: ["old-1"],
    },
    {
      it: "removes it at once when it is of no use",
      set: surge,
      nodes: [tainted("gpu", "NoSchedule"), node({ name: "n2" })],
      pods: [unready("old-1"), unready("new-2")],
      remove: ["old-1"],
    },
    { it: "does not wait for a pod that goes", set: surge, nodes: one, pods: [going("old-1")], create: ["n1"] },
    { it: "gives a failed pod no second one", set: surge, nodes: one, pods: [failed("new-1")], finished: ["new-1"] },
    {
      it: "keeps the oldest of each template",
      set: surge,
      nodes: one,
      pods: [
        daemon("old-1"),
        daemon("old-1b", { createdMs: birthMs + 1_000 }),
        unready("new-1"),
        daemon("new-1b", { createdMs: birthMs + 1_000, ready: false }),
      ],
      remove: ["old-1b", "new-1b"],
    },
  ];
  for (const { it: does, create = [], remove = [], finished = [], ...given } of [...placing, ...exchanging, ...surging]) {
    it(does, () => {
      const plan = planDaemonSet(viewOf(given));
      const names = (pods: readonly Whole<Pod>[]): string[] => pods.map(({ metadata }) => metadata.name).sort();

      expect({ create: plan.create, remove: names(plan.remove), finished: names(plan.finished) }).to.deep.equal({
        create,
        remove: [...remove].sort(),
        finished,
      });
    });
  }
});

describe("daemonSetStatus", () => {
  it("counts nodes", () => {
    const given: Given = {
      set: daemonSet({ minReadySeconds: 10, generation: 4 }),
      nodes: [...nodes(5), node({ name: "n6", taints: [{ key: "gpu", effect: "NoSchedule" }] })],
      pods: [daemon("new-1"), young("new-2"), unready("old-3"), daemon("old-4"), daemon("old-6")],
    };
    expect(daemonSetStatus(viewOf(given))).to.deep.include({
      desiredNumberScheduled: 5,
      currentNumberScheduled: 4,
      numberMisscheduled: 1,
      numberReady: 3,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
      numberUnavailable: 3,
      observedGeneration: 4,
    });
  });

  it("counts a node as updated only once the old pod is gone", () => {
    const given: Given = { nodes: [node({ name: "n1" })], pods: [going("old-1"), daemon("new-1", { createdMs: birthMs + 1_000 })] };
    expect(daemonSetStatus(viewOf(given))).to.include({ updatedNumberScheduled: 0, numberAvailable: 1 });
  });

  it("tells when the next pod becomes available", () => {
    const pods = [daemon("new-1"), young("new-2")];
    expect(nextAvailableInMs(viewOf({ set: daemonSet({ minReadySeconds: 10 }), pods }), nowMs)).to.equal(6_000);
    expect(nextAvailableInMs(viewOf({ pods }), nowMs)).to.equal(undefined);
  });
});
