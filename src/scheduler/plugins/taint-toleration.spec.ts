import { expect } from "chai";
import { type NodeOptions, node, pod } from "../../../test/builders/index.js";
import { filterCases } from "../../../test/fakes/filter-trial.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createTaintToleration } from "./taint-toleration.js";

const gpu = { key: "gpu", value: "yes", effect: "NoSchedule" };
const lost = { key: "node.kubernetes.io/unreachable", effect: "NoExecute" };

describe("TaintToleration", () => {
  filterCases(createTaintToleration, [
    { it: "has nothing against nodes without taints" },
    {
      it: "refuses a taint that is not tolerated",
      node: { taints: [gpu] },
      reasons: ["node(s) had untolerated taint {gpu: yes}"],
      lasting: true,
      details: ["it has the taint gpu=yes:NoSchedule, which the pod does not tolerate"],
      remedies: [["tolerate the taint gpu=yes:NoSchedule", "taint node n1 gpu=yes:NoSchedule-"]],
    },
    {
      it: "adds to the tolerations that there are",
      node: { taints: [gpu] },
      pod: { tolerations: [{ key: "disk", operator: "Exists" }] },
      reasons: ["node(s) had untolerated taint {gpu: yes}"],
      lasting: true,
      remedies: [["tolerate the taint gpu=yes:NoSchedule", "taint node n1 gpu=yes:NoSchedule-"]],
    },
    {
      it: "says of a taint without a value that it has none",
      node: { taints: [{ key: "dedicated", effect: "NoExecute" }] },
      reasons: ["node(s) had untolerated taint {dedicated: }"],
      lasting: true,
      remedies: [["tolerate the taint dedicated:NoExecute", "taint node n1 dedicated:NoExecute-"]],
    },
    {
      it: "gives the first of several, and explains all",
      node: { taints: [gpu, { key: "soft", effect: "PreferNoSchedule" }, { key: "dedicated", effect: "NoSchedule" }] },
      reasons: ["node(s) had untolerated taint {gpu: yes}"],
      lasting: true,
      remedies: [
        ["tolerate the taint gpu=yes:NoSchedule", "taint node n1 gpu=yes:NoSchedule-"],
        ["tolerate the taint dedicated:NoSchedule", "taint node n1 dedicated:NoSchedule-"],
      ],
    },
    {
      it: "has no remedy for a node that does not answer",
      node: { taints: [lost] },
      reasons: ["node(s) had untolerated taint {node.kubernetes.io/unreachable: }"],
      lasting: true,
      remedies: [[]],
    },
    {
      it: "does not take away what the node would be tainted with again",
      node: { taints: [{ key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" }] },
      reasons: ["node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }"],
      lasting: true,
      remedies: [["tolerate the taint node.kubernetes.io/disk-pressure:NoSchedule"]],
    },
    {
      it: "uncordons rather than taking a cordon's taint away",
      node: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] },
      reasons: ["node(s) had untolerated taint {node.kubernetes.io/unschedulable: }"],
      lasting: true,
      remedies: [["uncordon n1", "tolerate the taint node.kubernetes.io/unschedulable:NoSchedule"]],
    },
    { it: "lets pods pass that tolerate it", node: { taints: [gpu] }, pod: { tolerations: [{ key: "gpu", value: "yes" }] } },
    { it: "lets pods pass that tolerate all", node: { taints: [gpu, lost] }, pod: { tolerations: [{ operator: "Exists" }] } },
    {
      it: "does not take all taints of one effect for all",
      node: { taints: [gpu, lost] },
      pod: { tolerations: [{ operator: "Exists", effect: "NoSchedule" }] },
      reasons: ["node(s) had untolerated taint {node.kubernetes.io/unreachable: }"],
      lasting: true,
    },
    { it: "refuses none for a taint that only prefers", node: { taints: [{ key: "soft", effect: "PreferNoSchedule" }] } },
  ]);

  it("gives one refusal for all taints alike", () => {
    const state = new ClusterState();
    for (const name of ["a", "b"]) state.setNode(node({ name, taints: [gpu] }));
    const plugin = createTaintToleration(pluginContext(state));
    const refusals = ["x", "y"].flatMap((name) => {
      const filter = plugin.prepareFilter(podInfo(pod({ name })), state);
      return state.nodes().map((each) => filter?.check(each));
    });
    expect(new Set(refusals).size).to.equal(1);
  });

  const soft = (...keys: string[]): NodeOptions => ({ taints: keys.map((key) => ({ key, effect: "PreferNoSchedule" })) });
  const scored = (nodes: Readonly<Record<string, NodeOptions>>, tolerations: object[] = []) => {
    const state = new ClusterState();
    for (const [name, options] of Object.entries(nodes)) state.setNode(node({ name, ...options }));
    return scoresOf(createTaintToleration(pluginContext(state)), podInfo(pod({ nodeName: "", tolerations })), state);
  };

  it("prefers nodes with fewer taints that discourage", () => {
    expect(scored({ a: soft("x", "y"), b: soft("x"), c: {} })).to.deep.equal({ a: 0, b: 50, c: 100 });
  });

  it("does not count what is tolerated, nor other effects", () => {
    expect(scored({ a: soft("x", "y"), b: soft("x"), c: { taints: [gpu] } }, [{ key: "x", operator: "Exists" }])).to.deep.equal({
      a: 0,
      b: 100,
      c: 100,
    });
  });

  it("says nothing where no node discourages", () => {
    expect(scored({ a: {}, b: { taints: [gpu] } })).to.equal(undefined);
  });

  it("says nothing any more once the last such taint is gone", () => {
    const state = new ClusterState();
    state.setNode(node({ name: "a", ...soft("x") }));
    state.setNode(node({ name: "b", ...soft("x") }));
    const plugin = createTaintToleration(pluginContext(state));
    const info = podInfo(pod({ nodeName: "" }));
    state.setNode(node({ name: "a" }));
    expect(scoresOf(plugin, info, state)).to.deep.equal({ a: 100, b: 0 });
    state.removeNode("b");
    expect(scoresOf(plugin, info, state)).to.equal(undefined);
  });

  it("wakes pods when the taint in their way is gone, or a node comes without", () => {
    const { nodeAdded, nodeUpdated } = createTaintToleration(pluginContext(new ClusterState())).wakes;
    const info = podInfo(pod({ tolerations: [{ key: "disk", operator: "Exists" }] }));
    const [free, tainted, other] = [node(), node({ taints: [gpu] }), node({ taints: [{ ...gpu, key: "disk" }] })];
    expect([
      nodeUpdated?.({ kind: "nodeUpdated", node: free, previous: tainted }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: other, previous: tainted }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: tainted, previous: tainted }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: free, previous: other }, info),
      nodeAdded?.({ kind: "nodeAdded", node: free }, info),
      nodeAdded?.({ kind: "nodeAdded", node: tainted }, info),
    ]).to.deep.equal([true, true, false, false, true, false]);
  });
});
