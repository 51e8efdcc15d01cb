import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { outOfServiceTaint } from "./plan.js";

describe("the pod garbage collector", () => {
  let api: FakeApi;
  let plane: ControlPlane | undefined;
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    api.seed(nodeKind, node());
  });
  afterEach(async () => {
    await plane?.stop();
    plane = undefined;
  });

  const start = async (): Promise<void> => {
    plane = startControlPlane(clock, { api });
    await settle();
  };
  const names = () => api.objects(podKind).map(({ metadata }) => metadata.name);

  it("removes pods whose node was gone before it began", async () => {
    api.seed(podKind, pod({ name: "orphan", nodeName: "gone" }));
    api.seed(podKind, pod({ name: "kept" }));
    await start();
    expect(names()).to.deep.equal(["kept"]);
  });

  it("removes the pods of a node that goes", async () => {
    api.seed(podKind, pod({ name: "orphan" }));
    await start();
    expect(names()).to.deep.equal(["orphan"]);
    api.remove(nodeKind, { namespace: "", name: "n1" });
    await settle();
    expect(names()).to.deep.equal([]);
  });

  it("takes no node for gone that it only has not seen yet", async () => {
    await start();
    const thaw = api.freeze(nodeKind);
    api.seed(nodeKind, node({ name: "n2" }));
    api.seed(podKind, pod({ name: "early", nodeName: "n2" }));
    await settle();
    expect(names()).to.deep.equal(["early"]);
    thaw();
    await settle();
    expect(names()).to.deep.equal(["early"]);
  });

  it("leaves what ended by itself as it ended", async () => {
    const held = { finalizers: ["example.com/hold"], nodeName: "gone" };
    api.seed(podKind, pod({ name: "ended", phase: "Succeeded", ...held }));
    api.seed(podKind, pod({ name: "ran", ...held }));
    await start();
    const said = api.objects(podKind).map(({ status }) => [status.phase, status.conditions.map(({ type }) => type).sort()]);
    expect(said).to.deep.equal([
      ["Succeeded", ["Ready"]],
      ["Failed", ["DisruptionTarget", "Ready"]],
    ]);
  });

  it("removes what was told to go from a node once that is out of service, and only then", async () => {
    api.seed(nodeKind, node({ ready: "Unknown" }));
    api.seed(podKind, pod({ name: "stuck", deleting: true }));
    api.seed(podKind, pod({ name: "stays", tolerations: [{ operator: "Exists" }] }));
    await start();
    expect(names()).to.deep.equal(["stays", "stuck"]);
    api.change(nodeKind, { namespace: "", name: "n1" }, ({ spec }) => {
      spec.taints.push({ key: outOfServiceTaint, value: "nodeshutdown", effect: "NoExecute", timeAdded: undefined });
    });
    await settle();
    expect(names()).to.deep.equal(["stays"]);
  });

  it("marks as failed what was told to go before it had a node", async () => {
    api.seed(podKind, pod({ name: "unscheduled", nodeName: "", deleting: true, finalizers: ["example.com/hold"] }));
    await start();
    expect(api.objects(podKind).map(({ status }) => status.phase)).to.deep.equal(["Failed"]);
  });
});
