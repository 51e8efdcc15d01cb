import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { filterCases } from "../../../test/fakes/filter-trial.js";
import { podInfo } from "../cluster/pod-info.js";
import { nodeUnschedulable } from "./node-unschedulable.js";

describe("NodeUnschedulable", () => {
  filterCases(
    () => nodeUnschedulable,
    [
      { it: "leaves other nodes alone" },
      {
        it: "refuses a cordoned node",
        node: { unschedulable: true },
        reasons: ["node(s) were unschedulable"],
        lasting: true,
        details: ["the node is cordoned"],
        remedies: [["uncordon n1", "tolerate the taint node.kubernetes.io/unschedulable:NoSchedule"]],
      },
      {
        it: "lets a pod go to a cordoned node that tolerates it",
        node: { unschedulable: true },
        pod: { tolerations: [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }] },
      },
      {
        it: "does not take another effect's toleration for one",
        node: { unschedulable: true },
        pod: { tolerations: [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoExecute" }] },
        reasons: ["node(s) were unschedulable"],
        lasting: true,
      },
    ],
  );

  it("wakes pods when a node is uncordoned or comes uncordoned", () => {
    const { nodeAdded, nodeUpdated } = nodeUnschedulable.wakes;
    const [open, closed, info] = [node(), node({ unschedulable: true }), podInfo(pod())];
    expect([
      nodeUpdated?.({ kind: "nodeUpdated", node: open, previous: closed }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: closed, previous: closed }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: open, previous: open }, info),
      nodeAdded?.({ kind: "nodeAdded", node: open }, info),
      nodeAdded?.({ kind: "nodeAdded", node: closed }, info),
    ]).to.deep.equal([true, false, false, true, false]);
  });
});
