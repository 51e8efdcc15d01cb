import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { mayHelp } from "../framework/cluster-event.js";
import { createNodeResourcesFit, type NodeResourcesFitArgs } from "./node-resources-fit.js";

describe("what wakes a pod that lacks resources", () => {
  const waits = podInfo(pod({ name: "waits", nodeName: "", requests: { cpu: "1", "example.com/fpga": "1", "other.com/a": "2" } }));
  const gone = podInfo(pod({ name: "gone" }));

  const wakesOn = (args: NodeResourcesFitArgs, allocatable: Readonly<Record<string, string>>): boolean[] => {
    const cluster = new ClusterState();
    const n1 = node({ name: "n1", allocatable });
    cluster.setNode(n1);
    const { wakes } = createNodeResourcesFit(cluster, args);
    return [mayHelp(wakes, { kind: "podGone", pod: gone, nodeName: "n1" }, waits), mayHelp(wakes, { kind: "nodeAdded", node: n1 }, waits)];
  };

  it("needs all that it asks for", () => {
    expect(wakesOn({}, { cpu: "4" })).to.deep.equal([false, false]);
    expect(wakesOn({}, { cpu: "4", "example.com/fpga": "1", "other.com/a": "2" })).to.deep.equal([true, true]);
  });

  it("needs nothing of resources that others see to", () => {
    const args = { ignoredResources: ["example.com/fpga"], ignoredResourceGroups: ["other.com"] };
    expect(wakesOn(args, { cpu: "4" })).to.deep.equal([true, true]);
    expect(wakesOn(args, { cpu: "500m" })).to.deep.equal([false, false]);
  });
});
