import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { startLoneController } from "../../../test/fakes/fake-api/lone-controller.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { notReadyTaint } from "../../api/scheduling/toleration.js";
import { isTerminating } from "../pod-state.js";
import { createTaintEvictionController } from "./index.js";

describe("the taint eviction controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    stop = await startLoneController(api, clock, { component: "taint-eviction-controller", create: createTaintEvictionController });
    const taints = [{ key: notReadyTaint, effect: "NoExecute" }];
    api.seed(nodeKind, node({ name: "failed", ready: false, taints }));
    api.seed(podKind, pod({ name: "running", nodeName: "failed" }));
    api.seed(podKind, pod({ name: "finished", nodeName: "failed", phase: "Succeeded" }));
    await settle();
  });
  afterEach(() => stop());

  const going = (): readonly string[] =>
    api
      .objects(podKind)
      .filter(isTerminating)
      .map(({ metadata }) => metadata.name);

  it("leaves pods where they are while no other node is ready, and looks again when one comes that is", async () => {
    await clock.advance(60_000);
    expect(going()).to.deep.equal([]);
    api.seed(nodeKind, node({ name: "fresh" }));
    await settle();

    expect(going()).to.deep.equal(["running"]);
  });
});
