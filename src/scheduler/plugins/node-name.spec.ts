import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { filterCases } from "../../../test/fakes/filter-trial.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { nodeName } from "./node-name.js";

describe("NodeName", () => {
  filterCases(
    () => nodeName,
    [
      { it: "has nothing to say of pods that name no node" },
      { it: "admits the node that a pod names", pod: { nodeName: "n1" } },
      {
        it: "refuses all others",
        pod: { nodeName: "n2" },
        reasons: ["node(s) didn't match the requested node name"],
        lasting: true,
        details: ["the pod names the node n2"],
        remedies: [[]],
      },
    ],
  );

  it("spares looking at other nodes", () => {
    const filter = nodeName.prepareFilter(podInfo(pod({ nodeName: "n2" })), new ClusterState());
    expect([...(filter?.onlyNodes ?? [])]).to.deep.equal(["n2"]);
  });
});
