import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createNodeResourcesBalancedAllocation, type NodeResourcesBalancedAllocationArgs } from "./node-resources-balanced-allocation.js";

type Requests = Readonly<Record<string, string>>;

describe("NodeResourcesBalancedAllocation", () => {
  const scored = (requests: Requests, taken: readonly Requests[], args: NodeResourcesBalancedAllocationArgs = {}) => {
    const state = new ClusterState();
    taken.forEach((each, index) => {
      state.setNode(node({ name: `n${index}`, allocatable: { cpu: "4", memory: "4000Mi", "example.com/gpu": "4" } }));
      const options: PodOptions = { name: `p${index}`, requests: each };
      state.bound(podInfo(pod(options)), `n${index}`);
    });
    return scoresOf(createNodeResourcesBalancedAllocation(args), podInfo(pod({ nodeName: "", requests })), state);
  };

  it("prefers nodes of which about the same share of each resource would be taken", () => {
    expect(scored({ cpu: "1", memory: "1000Mi" }, [{}, { cpu: "2" }, { cpu: "2", memory: "2000Mi" }])).to.deep.equal({
      n0: 100,
      n1: 75,
      n2: 100,
    });
  });

  it("counts what pods ask for, not what they are assumed to take", () => {
    expect(scored({ cpu: "2" }, [{}])).to.deep.equal({ n0: 75 });
  });

  it("takes no share for more than all", () => {
    expect(scored({ cpu: "4", memory: "4000Mi" }, [{ cpu: "4" }])).to.deep.equal({ n0: 100 });
  });

  it("says nothing of pods that ask for nothing", () => {
    expect(scored({ "example.com/gpu": "1" }, [{ cpu: "1" }])).to.equal(undefined);
  });

  it("compares three resources", () => {
    const resources = ["cpu", "memory", "example.com/gpu"].map((name) => ({ name, weight: 1 }));
    const asked = { cpu: "1", memory: "2000Mi", "example.com/gpu": "3" };
    expect(scored(asked, [{}], { resources })).to.deep.equal({ n0: 79.59 });
    expect(scored({ cpu: "1", memory: "1000Mi" }, [{ "example.com/gpu": "4" }], { resources })).to.deep.equal({ n0: 100 });
  });
});
