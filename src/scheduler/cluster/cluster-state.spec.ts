import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { ClusterState } from "./cluster-state.js";
import { podInfo } from "./pod-info.js";

describe("ClusterState", () => {
  const web = podInfo(pod({ name: "web", requests: { cpu: "500m", memory: "1Gi" }, hostPort: 80 }));
  const load = (state: ClusterState, name = "n1"): object => {
    const found = state.node(name);
    return { cpu: found?.requested.cpu, pods: found?.podCount, ports: found?.hostPorts.length };
  };
  let state: ClusterState;

  beforeEach(() => {
    state = new ClusterState();
    state.setNode(node({ name: "n1" }));
    state.setNode(node({ name: "n2" }));
  });

  it("counts a bound pod", () => {
    state.bound(web, "n1");
    expect(load(state)).to.deep.equal({ cpu: 500, pods: 1, ports: 1 });
  });

  it("counts a pod once however often it is seen", () => {
    state.bound(web, "n1");
    state.bound(web, "n1");
    expect(load(state)).to.deep.equal({ cpu: 500, pods: 1, ports: 1 });
  });

  it("moves a pod that was assumed elsewhere", () => {
    state.assume(web, "n2");
    state.bound(web, "n1");
    expect([load(state, "n1"), load(state, "n2")]).to.deep.equal([
      { cpu: 500, pods: 1, ports: 1 },
      { cpu: 0, pods: 0, ports: 0 },
    ]);
  });

  it("gives up an assumption", () => {
    state.assume(web, "n1");
    state.forget(web.uid);
    expect(load(state)).to.deep.equal({ cpu: 0, pods: 0, ports: 0 });
  });

  it("does not give up what turned out to be bound", () => {
    state.assume(web, "n1");
    state.bound(web, "n1");
    state.forget(web.uid);
    expect(load(state)).to.deep.equal({ cpu: 500, pods: 1, ports: 1 });
  });

  it("counts pods that were seen before their node", () => {
    state.bound(web, "n3");
    state.setNode(node({ name: "n3" }));
    expect(load(state, "n3")).to.deep.equal({ cpu: 500, pods: 1, ports: 1 });
  });

  it("says whether a removed pod was counted", () => {
    state.bound(web, "n1");
    expect([state.remove(web.uid)?.nodeName, state.remove(web.uid)]).to.deep.equal(["n1", undefined]);
  });
});
