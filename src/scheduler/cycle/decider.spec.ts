import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createDefaultProfile } from "../default-profile.js";
import { Decider } from "./decider.js";
import { unschedulableSentence } from "./sentence.js";

interface Case {
  readonly it: string;
  readonly nodes: readonly NodeOptions[];
  /** Pods that are bound already. */
  readonly bound?: readonly PodOptions[];
  readonly pod?: PodOptions;
  readonly chosen?: string;
  readonly message?: string;
}

/** The node chosen, or why there is none. */
function choose({ nodes, bound = [], pod: wanted = {} }: Case): string {
  const state = new ClusterState();
  for (const options of nodes) state.setNode(node(options));
  bound.forEach((options, index) => {
    const placed = pod({ name: `bound-${index}`, ...options });
    state.bound(podInfo(placed), placed.spec.nodeName ?? "");
  });
  const { decider, profile } = deciderOf(state);
  const { nodeName, nodeCount, refusals } = decider.decide(podInfo(pod({ name: "new", nodeName: "", ...wanted })), profile);
  return nodeName ?? unschedulableSentence(nodeCount, refusals.values());
}

function deciderOf(state: ClusterState) {
  const clock = new FakeClock();
  const profile = createDefaultProfile(pluginContext(state, clock));
  return { decider: new Decider({ cluster: state, clock }), profile };
}

const cases: readonly Case[] = [
  { it: "says so when there are no nodes", nodes: [], message: "no nodes available to schedule pods" },
  { it: "takes the only node", nodes: [{ name: "a" }], chosen: "a" },
  {
    it: "takes the node with the least requested",
    nodes: [{ name: "a" }, { name: "b" }],
    bound: [{ nodeName: "a", requests: { cpu: "2" } }, { nodeName: "b" }, { nodeName: "b" }],
    pod: { requests: { cpu: "100m" } },
    chosen: "b",
  },
  {
    it: "weighs requests by the size of the node",
    nodes: [{ name: "small" }, { name: "large", allocatable: { cpu: "16", memory: "32Gi" } }],
    bound: [{ nodeName: "large", requests: { cpu: "1" } }],
    pod: { requests: { cpu: "1" } },
    chosen: "large",
  },
  {
    it: "takes the node with fewer pods when requests are equal",
    nodes: [{ name: "a" }, { name: "b" }],
    bound: [{ nodeName: "a" }, { nodeName: "a" }, { nodeName: "b" }],
    chosen: "b",
  },
  {
    it: "explains every node it could not take",
    nodes: [
      { name: "a", allocatable: { memory: "1Gi" } },
      { name: "b", allocatable: { memory: "1Gi" } },
      { name: "c", allocatable: { memory: "1Gi" } },
      { name: "d", unschedulable: true },
      { name: "e", ready: "Unknown" },
    ],
    pod: { requests: { memory: "2Gi" } },
    message: "0/5 nodes are available: 1 node(s) were not ready, 1 node(s) were unschedulable, 3 Insufficient memory.",
  },
  {
    it: "counts a node once for each resource it lacks",
    nodes: [{ name: "a", allocatable: { cpu: "1", memory: "1Gi" } }],
    pod: { requests: { cpu: "2", memory: "2Gi" } },
    message: "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.",
  },
  {
    it: "fills a node to the brim",
    nodes: [{ name: "a", allocatable: { cpu: "1" } }],
    bound: [{ nodeName: "a", requests: { cpu: "900m" } }],
    pod: { requests: { cpu: "100m" } },
    chosen: "a",
  },
  {
    it: "does not overcommit",
    nodes: [{ name: "a", allocatable: { cpu: "1" } }],
    bound: [{ nodeName: "a", requests: { cpu: "900m" } }],
    pod: { requests: { cpu: "101m" } },
    message: "0/1 nodes are available: 1 Insufficient cpu.",
  },
  {
    it: "lets a pod that asks for nothing go to an overcommitted node",
    nodes: [{ name: "a", allocatable: { cpu: "1" } }],
    bound: [{ nodeName: "a", requests: { cpu: "3" } }],
    chosen: "a",
  },
  {
    it: "counts pods against the node's limit",
    nodes: [{ name: "a", allocatable: { pods: "1" } }],
    bound: [{ nodeName: "a" }],
    message: "0/1 nodes are available: 1 Too many pods.",
  },
  {
    it: "wants every label of the node selector",
    nodes: [
      { name: "a", labels: { disk: "ssd" } },
      { name: "b", labels: { disk: "ssd", zone: "x" } },
    ],
    pod: { nodeSelector: { disk: "ssd", zone: "x" } },
    chosen: "b",
  },
  {
    it: "explains an unmatched node selector",
    nodes: [{ name: "a", labels: { disk: "hdd" } }],
    pod: { nodeSelector: { disk: "ssd" } },
    message: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  },
  {
    it: "keeps off taints that are not tolerated",
    nodes: [{ name: "a", taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] }],
    message: "0/1 nodes are available: 1 node(s) had untolerated taint {gpu: yes}.",
  },
  {
    it: "goes where the taint is tolerated",
    nodes: [{ name: "a", taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] }],
    pod: { tolerations: [{ key: "gpu", operator: "Exists" }] },
    chosen: "a",
  },
  {
    it: "keeps two pods with one host port apart",
    nodes: [{ name: "a" }, { name: "b" }],
    bound: [{ nodeName: "a", hostPort: 8080 }],
    pod: { hostPort: 8080 },
    chosen: "b",
  },
  {
    it: "explains a host port that is taken everywhere",
    nodes: [{ name: "a" }],
    bound: [{ nodeName: "a", hostPort: 8080 }],
    pod: { hostPort: 8080 },
    message: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  },
];

describe("Decider", () => {
  for (const testCase of cases) {
    it(testCase.it, () => {
      expect(choose(testCase)).to.equal(testCase.chosen ?? testCase.message);
    });
  }

  it("keeps nothing of nodes where none was refused, and room for all once one was", () => {
    const kept = (unschedulable: boolean): readonly number[] => {
      const state = new ClusterState();
      for (const name of ["a", "b", "c"]) state.setNode(node({ name, unschedulable: unschedulable && name === "b" }));
      const { decider, profile } = deciderOf(state);
      const { keptNodes, refusals } = decider.decide(podInfo(pod({ name: "new", nodeName: "" })), profile);
      return [keptNodes, refusals.size];
    };
    expect(kept(false)).to.deep.equal([0, 0]);
    expect(kept(true)).to.deep.equal([3, 1]);
  });

  it("spreads many equal pods evenly", () => {
    const state = new ClusterState();
    for (const name of ["a", "b", "c"]) state.setNode(node({ name }));
    const { decider, profile } = deciderOf(state);
    for (let index = 0; index < 30; index++) {
      const info = podInfo(pod({ name: `p${index}`, nodeName: "" }));
      state.assume(info, decider.decide(info, profile).nodeName ?? "");
    }

    expect(state.nodes().map(({ podCount }) => podCount)).to.deep.equal([10, 10, 10]);
  });
});
