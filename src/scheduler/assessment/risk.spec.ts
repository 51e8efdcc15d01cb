import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createDefaultProfile } from "../default-profile.js";
import { assessRisk } from "./risk.js";

interface Case {
  readonly it: string;
  readonly nodes: readonly NodeOptions[];
  readonly placed: readonly PodOptions[];
  /** By node: how many pods move, and who finds no place, as "Deployment/web 2". */
  readonly risk: Readonly<Record<string, { readonly moving: number; readonly stranded?: readonly string[] }>>;
}

const replicaSet = (name: string) => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  name: `${name}-abc`,
  uid: `${name}-abc`,
  controller: true,
});
const web = (nodeName: string, cpu: string, more: PodOptions = {}): PodOptions => ({
  nodeName,
  requests: { cpu },
  ownerReferences: [replicaSet("web")],
  labels: { "pod-template-hash": "abc" },
  ...more,
});
const small = { allocatable: { cpu: "4", memory: "8Gi", pods: "110" } };
const [n1, n2, n3] = [
  { name: "n1", ...small },
  { name: "n2", ...small },
  { name: "n3", ...small },
];

const cases: readonly Case[] = [
  {
    it: "is none where the others have room",
    nodes: [n1, n2],
    placed: [web("n1", "1"), web("n2", "1")],
    risk: { n1: { moving: 1 }, n2: { moving: 1 } },
  },
  {
    it: "is what would not fit, by workload",
    nodes: [n1, n2],
    placed: [web("n1", "2"), web("n1", "2"), web("n2", "3"), { nodeName: "n2", name: "bare", requests: { cpu: "500m" } }],
    risk: { n1: { moving: 2, stranded: ["Deployment/web 2"] }, n2: { moving: 2, stranded: ["Deployment/web 1", "Pod/bare 1"] } },
  },
  {
    it: "counts what the pods that move take from one another",
    nodes: [n1, n2, n3],
    placed: [web("n1", "3"), web("n1", "1"), web("n2", "2"), web("n3", "2")],
    risk: { n1: { moving: 2, stranded: ["Deployment/web 1"] }, n2: { moving: 1, stranded: [] }, n3: { moving: 1, stranded: [] } },
  },
  {
    it: "lets the more important have what room there is",
    nodes: [n1, n2],
    placed: [
      { nodeName: "n1", name: "low", requests: { cpu: "3" }, spec: { priority: 1 } },
      { nodeName: "n1", name: "high", requests: { cpu: "1" }, spec: { priority: 2 } },
      { nodeName: "n2", name: "there", requests: { cpu: "1" }, spec: { priority: 0 } },
    ],
    risk: { n1: { moving: 2, stranded: ["Pod/low 1"] }, n2: { moving: 1, stranded: ["Pod/there 1"] } },
  },
  {
    it: "leaves out pods of DaemonSets, and those that are the node's own",
    nodes: [n1, n2],
    placed: [
      { nodeName: "n1", requests: { cpu: "4" }, ownerReferences: [{ ...replicaSet("x"), kind: "DaemonSet" }] },
      { nodeName: "n2", annotations: { "kubernetes.io/config.mirror": "x" } },
    ],
    risk: { n1: { moving: 0 }, n2: { moving: 0 } },
  },
  {
    it: "goes by all that keeps pods off nodes",
    nodes: [{ ...n1, labels: { disk: "ssd" } }, n2],
    placed: [web("n1", "1", { nodeSelector: { disk: "ssd" } })],
    risk: { n1: { moving: 1, stranded: ["Deployment/web 1"] }, n2: { moving: 0 } },
  },
];

describe("assessRisk", () => {
  function setUp({ nodes, placed }: Pick<Case, "nodes" | "placed">) {
    const state = new ClusterState();
    for (const each of nodes) state.setNode(node(each));
    placed.forEach((each, index) => {
      const info = podInfo(pod({ name: `p${index}`, uid: `u${index}`, ...each }));
      state.bound(info, each.nodeName ?? "");
    });
    // Steps at each look, so that every step is a stretch of its own.
    const clock = new FakeClock();
    let nowMs = 0;
    const stepping = {
      ...clock,
      now: () => clock.now(),
      monotonicMs: () => (nowMs += 2),
      sleep: clock.sleep.bind(clock),
      after: clock.after.bind(clock),
    };
    const profile = createDefaultProfile(pluginContext(state, clock));
    return { state, deps: { cluster: state, profiles: new Map([[profile.schedulerName, profile]]), clock: stepping } };
  }
  const none = new AbortController().signal;

  for (const { it: does, risk, ...situation } of cases) {
    it(does, async () => {
      const { state, deps } = setUp(situation);
      const generations = (): readonly number[] => state.nodes().map(({ generation }) => generation);
      const before = generations();

      const { nodes } = await assessRisk(deps, "", none);

      const found = nodes.map(({ nodeName, podCount, workloads }) => {
        const stranded = workloads.map(({ owner, pods }) => `${owner?.kind}/${owner?.name} ${pods.length}`);
        return [nodeName, podCount, stranded];
      });
      expect(found).to.deep.equal(Object.entries(risk).map(([name, { moving, stranded = [] }]) => [name, moving, stranded]));
      expect(generations(), "the cluster is as it was").to.deep.equal(before);
    });
  }

  it("says why, of the nodes that would be left", async () => {
    const { deps } = setUp({ nodes: [n1, n2, { ...n3, unschedulable: true }], placed: [web("n1", "4"), web("n2", "1")] });
    const [risk] = (await assessRisk(deps, "n1", none)).nodes;
    expect(risk?.workloads[0]?.message).to.equal("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.");
  });

  it("counts all, and names as many as an answer may hold", async () => {
    const { deps } = setUp({ nodes: [n1, n2], placed: [web("n1", "4"), web("n2", "4")] });
    const counts = async (bytes?: number): Promise<unknown> =>
      (await assessRisk(deps, "", none, bytes)).nodes.map(({ strandedCount, workloads }) => [strandedCount, workloads.length]);
    expect(await counts()).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    expect(await counts(200)).to.deep.equal([
      [1, 1],
      [1, 0],
    ]);
  });

  it("is asked of one node alone", async () => {
    const { deps } = setUp({ nodes: [n1, n2], placed: [] });
    expect((await assessRisk(deps, "n2", none)).nodes.map(({ nodeName }) => nodeName)).to.deep.equal(["n2"]);
  });

  it("ends when nobody waits for it any more", async () => {
    const { deps } = setUp({
      nodes: [n1, n2, n3],
      placed: [web("n1", "1"), web("n1", "1"), web("n1", "1"), web("n1", "1"), web("n1", "1")],
    });
    const stop = new AbortController();
    const asked = assessRisk(deps, "", stop.signal);
    stop.abort();
    expect(await asked.catch((error: unknown) => (error as Error).name)).to.equal("AbortError");
  });
});
