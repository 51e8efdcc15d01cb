import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { ClusterState } from "./cluster-state.js";
import { podInfo } from "./pod-info.js";
import { PodShapes } from "./pod-shapes.js";

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

  describe("told to observers", () => {
    let told: string[];
    let shapes: PodShapes;
    const seen = (options: PodOptions) => shapes.info(pod({ name: "web", nodeName: "n1", ...options }));
    beforeEach(() => {
      told = [];
      shapes = new PodShapes();
      state.observe({
        placed: ({ pod: { metadata } }, { name }) => told.push(`${metadata.name} on ${name}`),
        removed: ({ pod: { metadata } }, { name }) => told.push(`${metadata.name} off ${name}`),
        nodeSet: ({ name, podCount }) => told.push(`${name} with ${podCount}`),
        nodeRemoved: ({ name }) => told.push(`${name} gone`),
      });
      told = [];
    });

    it("is every change of what is placed where", () => {
      state.assume(seen({ nodeName: "" }), "n1");
      state.bound(seen({}), "n2");
      state.remove(seen({}).uid);
      expect(told).to.deep.equal(["web on n1", "web off n1", "web on n2", "web off n2"]);
    });

    it("is nothing when what was assumed is seen bound, which changes nothing of the node but which version it has", () => {
      state.assume(seen({ nodeName: "" }), "n1");
      const before = state.node("n1")?.generation;
      state.bound(seen({ phase: "Running" }), "n1");
      expect([told, state.node("n1")?.generation]).to.deep.equal([["web on n1"], before]);
      expect([...(state.node("n1")?.pods.values() ?? [])].map(({ pod: { status } }) => status.phase)).to.deep.equal(["Running"]);
      expect(state.placement(seen({}).uid)?.assumed).to.equal(false);
    });

    it("is that a placed pod has other labels, or is going", () => {
      state.bound(seen({}), "n1");
      state.bound(seen({ labels: { app: "web" } }), "n1");
      state.bound(seen({ labels: { app: "web" }, deleting: true }), "n1");
      expect(told).to.have.length(5);
    });

    it("is a node with the pods that were known before it", () => {
      state.bound(seen({}), "n3");
      state.setNode(node({ name: "n3" }));
      state.removeNode("n3");
      expect(told).to.deep.equal(["n3 with 1", "n3 gone"]);
    });
  });

  describe("tentatively", () => {
    const all = () =>
      state
        .nodes()
        .map(({ name, podCount, requested, generation, hostPorts }) => [name, podCount, requested.cpu, generation, hostPorts.length]);

    it("puts all back, also when it was nested or has failed", () => {
      const other = podInfo(pod({ name: "other", requests: { cpu: "1" } }));
      state.bound(web, "n1");
      const before = all();
      const attempt = (): void =>
        state.tentatively(({ place, remove }) => {
          remove(web.uid);
          place(other, "n1");
          state.tentatively(({ place: again }) => again(web, "n1"));
          expect(load(state)).to.deep.equal({ cpu: 1000, pods: 1, ports: 0 });
          throw new Error("enough");
        });
      expect(attempt).to.throw("enough");
      expect(all()).to.deep.equal(before);
    });

    it("has a generation of its own for what it changes, which no node has afterwards", () => {
      state.bound(web, "n1");
      const within = state.tentatively(({ remove }) => {
        remove(web.uid);
        return state.node("n1")?.generation ?? 0;
      });
      state.bound(podInfo(pod({ name: "later" })), "n2");
      expect(all().map(([, , , generation]) => generation)).to.not.include(within);
    });
  });
});
