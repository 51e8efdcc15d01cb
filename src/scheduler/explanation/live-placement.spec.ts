import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import type { Placement } from "../../gen/howbernetes/placement/v1/placement_record.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createDefaultProfile } from "../default-profile.js";
import type { Profile } from "../framework/plugin.js";
import { livePlacement } from "./live-placement.js";

interface Case {
  readonly it: string;
  readonly nodes: readonly NodeOptions[];
  /** Pods that are placed already, on n1 by default; called p0, p1 and so on. */
  readonly placed?: readonly PodOptions[];
  readonly pod?: PodOptions;
  readonly suggestions: readonly string[];
}

const ssd = { nodeSelector: { disk: "ssd" } };
const gpu = { key: "gpu", value: "yes", effect: "NoSchedule" };
const gib = 1024 ** 3;
const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "web", controller: true };

const cases: readonly Case[] = [
  { it: "suggests nothing where a node would do", nodes: [{ name: "n1" }, { name: "n2", unschedulable: true }], suggestions: [] },
  { it: "suggests nothing where there is no node", nodes: [], suggestions: [] },
  {
    it: "prefers a change of the pod to one of a node",
    nodes: [{ name: "n1" }, { name: "n2" }],
    pod: ssd,
    suggestions: ["drop nodeSelector disk=ssd", "label node n1 disk=ssd"],
  },
  {
    it: "prefers one change to two",
    nodes: [
      { name: "n1", unschedulable: true },
      { name: "n2", labels: { disk: "ssd" }, unschedulable: true },
    ],
    pod: ssd,
    suggestions: ["uncordon n2", "tolerate the taint node.kubernetes.io/unschedulable:NoSchedule"],
  },
  {
    it: "names the pods of no higher priority that would make room, and as few of them as that takes",
    nodes: [{ name: "n1", allocatable: { cpu: "4" } }],
    placed: [
      { requests: { cpu: "500m" }, spec: { priority: 0 } },
      { requests: { cpu: "2" }, spec: { priority: 0 } },
      { requests: { cpu: "1500m" }, spec: { priority: 100 } },
    ],
    pod: { requests: { cpu: "1500m" }, spec: { priority: 10 } },
    suggestions: ["free 1500m of cpu on n1 (without default/p1)"],
  },
  {
    it: "does not have the more important leave for the less important",
    nodes: [{ name: "n1", allocatable: { cpu: "4" } }],
    placed: [{ requests: { cpu: "4" }, spec: { priority: 100 } }],
    pod: { requests: { cpu: "1" } },
    suggestions: [],
  },
  {
    it: "has nobody leave in whose stead another pod of the same controller would wait",
    nodes: [{ name: "n1", allocatable: { cpu: "4" } }],
    placed: [{ requests: { cpu: "3" }, ownerReferences: [replicaSet] }],
    pod: { requests: { cpu: "2" }, ownerReferences: [replicaSet] },
    suggestions: ["ask for 1 of cpu or less"],
  },
  {
    it: "nor where a filter names who is in the way",
    nodes: [{ name: "n1" }],
    placed: [{ hostPort: 8080, ownerReferences: [replicaSet] }],
    pod: { hostPort: 8080, ownerReferences: [replicaSet] },
    suggestions: ["use another host port than 8080, as 8081"],
  },
  {
    it: "asks for no less than the node with the most room takes",
    nodes: [
      { name: "n1", allocatable: { cpu: "4" } },
      { name: "n2", allocatable: { cpu: "4" } },
    ],
    placed: [
      { requests: { cpu: "3" }, spec: { priority: 1 } },
      { nodeName: "n2", requests: { cpu: "2500m" }, spec: { priority: 1 } },
    ],
    pod: { requests: { cpu: "2" }, spec: { priority: 0 } },
    suggestions: ["ask for 1500m of cpu or less"],
  },
  {
    it: "frees on the node that lacks least",
    nodes: [
      { name: "n1", allocatable: { memory: "8Gi" } },
      { name: "n2", allocatable: { memory: "8Gi" } },
    ],
    placed: [{ requests: { memory: "8Gi" } }, { nodeName: "n2", requests: { memory: "7Gi" } }],
    pod: { requests: { memory: "2Gi" } },
    suggestions: ["free 1Gi of memory on n2 (without default/p1)", "ask for 1Gi of memory or less"],
  },
  {
    it: "makes room for several resources at once",
    nodes: [{ name: "n1", allocatable: { cpu: "4", memory: "8Gi" } }],
    placed: [{ requests: { cpu: "3", memory: "6Gi" } }],
    pod: { requests: { cpu: "2", memory: "4Gi" } },
    suggestions: ["free 1 of cpu on n1 and free 2Gi of memory on n1 (without default/p0)"],
  },
  {
    it: "puts together what is needed together, on one node",
    nodes: [{ name: "n1", taints: [gpu] }],
    pod: ssd,
    suggestions: [
      "tolerate the taint gpu=yes:NoSchedule and drop nodeSelector disk=ssd",
      "taint node n1 gpu=yes:NoSchedule- and drop nodeSelector disk=ssd",
      "tolerate the taint gpu=yes:NoSchedule and label node n1 disk=ssd",
    ],
  },
  {
    it: "adds two tolerations to a pod that has none",
    nodes: [{ name: "n1", taints: [gpu, { key: "team", value: "a", effect: "NoExecute" }] }],
    suggestions: [
      "tolerate the taint gpu=yes:NoSchedule and tolerate the taint team=a:NoExecute",
      "taint node n1 gpu=yes:NoSchedule- and tolerate the taint team=a:NoExecute",
      "taint node n1 gpu=yes:NoSchedule- and taint node n1 team=a:NoExecute-",
    ],
  },
];

describe("livePlacement", () => {
  const none = new AbortController().signal;

  async function ask({ nodes, placed = [], pod: options = {} }: Omit<Case, "it" | "suggestions">, change?: (profile: Profile) => Profile) {
    const state = new ClusterState();
    for (const each of nodes) state.setNode(node(each));
    placed.forEach((each, index) => {
      state.bound(podInfo(pod({ name: `p${index}`, ...each })), each.nodeName ?? "n1");
    });
    const clock = new FakeClock();
    const profile = createDefaultProfile(pluginContext(state, clock));
    const look = {
      pod: podInfo(pod({ name: "new", nodeName: "", ...options })),
      profile: change?.(profile) ?? profile,
      cluster: state,
      clock,
    };
    const generations = (): readonly number[] => state.nodes().map(({ generation }) => generation);
    const before = generations();
    const placement = await livePlacement(look, none);
    expect(generations(), "the cluster is as it was").to.deep.equal(before);
    return placement;
  }
  const texts = ({ suggestions }: Placement): readonly (string | undefined)[] => suggestions.map(({ text }) => text);

  for (const { it: does, suggestions, ...situation } of cases) {
    it(does, async () => {
      expect(texts(await ask(situation))).to.deep.equal(suggestions);
    });
  }

  it("tells what is in the way on every node, in numbers, and how often each reason is", async () => {
    const placement = await ask({
      nodes: [{ name: "n2", unschedulable: true }, { name: "n1" }, { name: "n3" }],
      placed: [{ requests: { memory: "7Gi" } }, { nodeName: "n3", requests: { memory: "8Gi" } }],
      pod: { requests: { memory: "2Gi" } },
    });
    expect(placement.message).to.equal("0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient memory.");
    expect(placement.verdicts.map(({ nodeName, obstacles }) => [nodeName, obstacles.map(({ plugin }) => plugin)])).to.deep.equal([
      ["n1", ["NodeResourcesFit"]],
      ["n2", ["NodeUnschedulable"]],
      ["n3", ["NodeResourcesFit"]],
    ]);
    expect(placement.verdicts[0]?.obstacles[0]?.detail).to.contain("2Gi");
    expect(placement.verdicts[0]?.obstacles[0]?.remedies.find(({ kind }) => kind === "free")?.amount).to.equal(gib);
    expect(placement.reasons).to.deep.equal([
      { reason: "Insufficient memory", count: 2 },
      { reason: "node(s) were unschedulable", count: 1 },
    ]);
  });

  it("says which nodes would do now", async () => {
    const placement = await ask({ nodes: [{ name: "n1" }, { name: "n2", unschedulable: true }] });
    expect([placement.feasibleCount, placement.message]).to.deep.equal([1, "1/2 nodes are available now: n1; the pod waits for its turn"]);
  });

  it("says what keeps a pod from being tried at all", async () => {
    const gated = { spec: { schedulingGates: [{ name: "example.com/wait" }] } };
    const placement = await ask({ nodes: [{ name: "n1" }], pod: gated });
    expect(placement.message).to.match(/gate/i);
  });

  it("never suggests what would not help", async () => {
    const useless = {
      text: "say please",
      change: { kind: "pod", patch: [{ op: "add", path: "/metadata/labels", value: { please: "yes" } }] },
    } as const;
    const placement = await ask({ nodes: [{ name: "n1", unschedulable: true }] }, (profile) => ({
      ...profile,
      filters: profile.filters.map((plugin) => ({
        ...plugin,
        prepareFilter: (...args) => {
          const filter = plugin.prepareFilter(...args);
          if (filter === undefined) return undefined;
          return {
            onlyNodes: filter.onlyNodes,
            check: (each) => filter.check(each),
            explain: (each) => filter.explain(each).map((obstacle) => ({ ...obstacle, remedies: [useless, ...obstacle.remedies] })),
          };
        },
      })),
    }));
    expect(texts(placement)).to.deep.equal(["uncordon n1", "tolerate the taint node.kubernetes.io/unschedulable:NoSchedule"]);
  });
});
