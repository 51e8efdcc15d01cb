import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { changedNode } from "./changed-node.js";

describe("changedNode", () => {
  const gpu = { key: "gpu", value: "yes", effect: "NoSchedule" };
  const cordon = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  const before = node({
    name: "n1",
    labels: { disk: "hdd", old: "yes" },
    taints: [gpu, { ...gpu, effect: "NoExecute" }, cordon],
    unschedulable: true,
  });
  const outcome = (...commands: readonly (readonly string[])[]): object | undefined => {
    const changed = changedNode(before, commands);
    return changed && { labels: changed.metadata.labels, taints: changed.spec.taints.length, unschedulable: changed.spec.unschedulable };
  };
  const { labels } = before.metadata;

  const cases = [
    { it: "is the same without commands", commands: [], after: { labels, taints: 3, unschedulable: true } },
    { it: "uncordons", commands: [["uncordon", "n1"]], after: { labels, taints: 2, unschedulable: false } },
    {
      it: "labels, and takes labels away",
      commands: [["label", "node", "n1", "disk=ssd", "zone=", "old-", "--overwrite"]],
      after: { labels: { ...labels, disk: "ssd", zone: "", old: undefined }, taints: 3, unschedulable: true },
    },
    {
      it: "takes one taint away",
      commands: [["taint", "node", "n1", "gpu=yes:NoSchedule-"]],
      after: { labels, taints: 2, unschedulable: true },
    },
    {
      it: "takes all of a key's taints away",
      commands: [["taint", "node", "n1", "gpu-"]],
      after: { labels, taints: 1, unschedulable: true },
    },
    {
      it: "carries out one command after the other",
      commands: [
        ["uncordon", "n1"],
        ["taint", "node", "n1", "gpu-"],
      ],
      after: { labels, taints: 0, unschedulable: false },
    },
    { it: "does not foresee what adds a taint", commands: [["taint", "node", "n1", "gpu=no:NoSchedule"]], after: undefined },
    { it: "does not foresee what it does not know", commands: [["delete", "node", "n1"]], after: undefined },
  ];
  for (const { it: does, commands, after: wanted } of cases) {
    it(does, () => {
      expect(JSON.parse(JSON.stringify(outcome(...commands) ?? null))).to.deep.equal(JSON.parse(JSON.stringify(wanted ?? null)));
    });
  }

  it("leaves the node itself alone", () => {
    outcome(["label", "node", "n1", "disk=ssd"], ["uncordon", "n1"], ["taint", "node", "n1", "gpu-"]);
    expect([before.metadata.labels.disk, before.spec.taints.length, before.spec.unschedulable]).to.deep.equal(["hdd", 3, true]);
  });
});
