import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { podDisruptionBudget } from "../../../test/builders/pod-disruption-budget.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createDefaultProfile } from "../default-profile.js";
import { planRebalance } from "./plan-rebalance.js";

interface Case {
  readonly it: string;
  readonly nodes?: readonly NodeOptions[];
  readonly placed: readonly PodOptions[];
  readonly thresholdPercent?: number;
  readonly maxMoves?: number;
  /** As "p0 n1>n2". */
  readonly moves: readonly string[];
  /** Each in a remark. */
  readonly remarks?: readonly RegExp[];
}

const owner = (kind = "ReplicaSet") => ({ apiVersion: "apps/v1", kind, name: "web-abc", uid: "web-abc", controller: true });
const web = (cpu: string, nodeName = "n1", more: PodOptions = {}): PodOptions => ({
  nodeName,
  requests: { cpu },
  ownerReferences: [owner()],
  ...more,
});
const size = { allocatable: { cpu: "10", memory: "10Gi", pods: "110" } };
const three = [
  { name: "n1", ...size },
  { name: "n2", ...size },
  { name: "n3", ...size },
];
const emptyDir = { name: "data", volumeSource: { emptyDir: {} } };

const cases: readonly Case[] = [
  { it: "moves nothing in a cluster that is even", placed: [web("4"), web("4", "n2"), web("4", "n3")], moves: [] },
  { it: "leaves alone what is within the threshold", placed: [web("2"), web("2"), web("2", "n2"), web("2", "n3")], moves: [] },
  {
    it: "moves pods off the fullest node, to where the scheduler would put them",
    placed: [web("3"), web("3"), web("3")],
    moves: ["p0 n1>n2", "p1 n1>n3"],
  },
  {
    it: "moves the least important first",
    placed: [
      web("3", "n1", { spec: { priority: 5 } }),
      web("3", "n1", { spec: { priority: 1 } }),
      web("3", "n1", { spec: { priority: 5 } }),
    ],
    maxMoves: 1,
    moves: ["p1 n1>n2"],
    remarks: [/no more than 1 moves/],
  },
  {
    it: "goes by a threshold that is given",
    placed: [web("2"), web("2"), web("2", "n2"), web("2", "n3")],
    thresholdPercent: 10,
    // Somebody has to have four: to move one of them makes nothing more even.
    moves: [],
    remarks: [/40% of cpu stays requested of n1, 27% of all nodes/],
  },
  {
    it: "does not move what nothing would make anew",
    placed: [web("4", "n1", { ownerReferences: [] }), web("4", "n1", { ownerReferences: [] })],
    moves: [],
    remarks: [/n1/],
  },
  {
    it: "does not move pods of DaemonSets",
    placed: [web("4", "n1", { ownerReferences: [owner("DaemonSet")] }), web("4", "n1", { ownerReferences: [owner("DaemonSet")] })],
    moves: [],
    remarks: [/n1/],
  },
  {
    it: "does not move pods whose data would be lost, that are going, or that the cluster itself needs",
    placed: [
      web("3", "n1", { spec: { volumes: [emptyDir] as never } }),
      web("3", "n1", { deleting: true }),
      web("3", "n1", { spec: { priority: 2_000_000_000 } }),
    ],
    moves: [],
    remarks: [/n1/],
  },
  {
    it: "does not move what would come back",
    nodes: [{ name: "n1", ...size, labels: { disk: "ssd" } }, ...three.slice(1)],
    placed: [web("4", "n1", { nodeSelector: { disk: "ssd" } }), web("4", "n1", { nodeSelector: { disk: "ssd" } })],
    moves: [],
    remarks: [/n1/],
  },
  {
    it: "does not fill another node instead",
    nodes: three.slice(0, 2),
    placed: [web("9"), web("1", "n2")],
    moves: [],
    remarks: [/90% of cpu stays requested of n1, 50% of all nodes/],
  },
  {
    it: "keeps within the budgets",
    placed: [
      web("3", "n1", { labels: { app: "guarded" } }),
      web("3", "n1", { labels: { app: "guarded" } }),
      web("3", "n1", { labels: { app: "free" } }),
    ],
    moves: ["p2 n1>n2"],
    remarks: [/n1/],
  },
];

describe("planRebalance", () => {
  const none = new AbortController().signal;

  function setUp({ nodes = three, placed }: Pick<Case, "nodes" | "placed">, stepMs = 0) {
    const state = new ClusterState();
    for (const each of nodes) state.setNode(node(each));
    placed.forEach((each, index) => {
      state.bound(podInfo(pod({ name: `p${index}`, uid: `u${index}`, ...each })), each.nodeName ?? "");
    });
    state.budgets.set(podDisruptionBudget({ name: "guarded", status: { disruptionsAllowed: 0 } }));
    const clock = new FakeClock();
    let nowMs = 0;
    const stepping = {
      now: () => clock.now(),
      monotonicMs: () => (nowMs += stepMs),
      sleep: clock.sleep.bind(clock),
      after: clock.after.bind(clock),
    };
    const profile = createDefaultProfile(pluginContext(state, clock));
    return { state, deps: { cluster: state, profiles: new Map([[profile.schedulerName, profile]]), clock: stepping } };
  }

  for (const { it: does, moves, remarks = [], thresholdPercent = 0, maxMoves = 0, ...situation } of cases) {
    for (const stepMs of [0, 2]) {
      it(`${does}${stepMs === 0 ? "" : ", in many stretches"}`, async () => {
        const { state, deps } = setUp(situation, stepMs);
        const generations = (): readonly number[] => state.nodes().map(({ generation }) => generation);
        const before = generations();

        const plan = await planRebalance(deps, { thresholdPercent, maxMoves }, none);

        expect(plan.moves.map(({ pod: moved, from, to }) => `${moved?.name} ${from}>${to}`)).to.deep.equal(moves);
        expect(plan.remarks).to.have.length(remarks.length);
        for (const [index, remark] of remarks.entries()) expect(plan.remarks[index]).to.match(remark);
        expect(generations(), "the cluster is as it was").to.deep.equal(before);
      });
    }
  }

  it("tells the loads before and after", async () => {
    const { deps } = setUp({ placed: [web("3"), web("3"), web("3")] });
    const { before, after } = await planRebalance(deps, { thresholdPercent: 0, maxMoves: 0 }, none);
    const cpu = (loads: typeof before): readonly (readonly [string, number])[] =>
      loads.map(({ nodeName, cpuRequested }) => [nodeName, cpuRequested]);
    expect([cpu(before), cpu(after)]).to.deep.equal([
      [
        ["n1", 9_000],
        ["n2", 0],
        ["n3", 0],
      ],
      [
        ["n1", 3_000],
        ["n2", 3_000],
        ["n3", 3_000],
      ],
    ]);
  });
});
