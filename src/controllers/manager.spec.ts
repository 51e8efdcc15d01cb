import { expect } from "chai";
import { replicaSet } from "../../test/builders/index.js";
import { FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { replicaSetKind } from "../api/kinds/replicaset/kind.js";
import { createLog } from "../base/log.js";
import { createControllerManager, runControllers } from "./manager.js";
import { createReplicaSetController } from "./replicaset/index.js";

describe("createControllerManager", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let stops: (() => Promise<void>)[];

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    stops = [];
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
  });

  function start(identity: string): () => Promise<void> {
    const control = new AbortController();
    const ended = createControllerManager({ client: api, clock, log: createLog("test", "silent"), identity }).run(control.signal);
    const stop = async (): Promise<void> => {
      control.abort();
      await ended;
    };
    stops.push(stop);
    return stop;
  }
  const leader = (): string => api.objects(leaseKind)[0]?.spec.holderIdentity?.split("_")[0] ?? "";
  const podCount = (): number => api.objects(podKind).length;
  const create = (name: string) => api.of(replicaSetKind).create(replicaSet({ name, replicas: 3, resourceVersion: "" }));

  it("lets one of several lead, and another take over from it without a wait when it stops", async () => {
    const stopFirst = start("first");
    await settle();
    start("second");
    await create("a");
    await clock.advance(5_000);
    expect([leader(), podCount()]).to.deep.equal(["first", 3]);

    await stopFirst();
    await settle();
    await create("b");
    await settle();
    expect([leader(), podCount()]).to.deep.equal(["second", 6]);
  });

  it("goes on with everything else when one object's reconcile never ends", async () => {
    api.intercept({
      before: ({ verb, kind, key }) => {
        if (verb === "create" && kind.kind === "Pod" && key.name.startsWith("stuck")) return new Promise(() => undefined);
        return undefined;
      },
    });
    start("only");
    await settle();
    await create("stuck");
    await create("fine");
    await settle();
    expect(api.objects(podKind).map(({ metadata }) => metadata.labels.app)).to.deep.equal(["fine", "fine", "fine"]);
    stops = [];
  });

  it("starts a controller that fails again, and lets the others work meanwhile", async () => {
    let starts = 0;
    const run = async (): Promise<never> => {
      starts += 1;
      throw new Error("a fault of its own");
    };
    const failing = { component: "failing", create: () => ({ name: "failing", run }) };
    const control = new AbortController();
    const log = createLog("test", "silent");
    const listed = [failing, { component: "replicaset-controller", create: createReplicaSetController }];
    const ended = runControllers({ client: api, clock, log }, control.signal, listed);
    await settle();
    await create("fine");
    await clock.advance(11_000);
    expect([starts, podCount()]).to.deep.equal([3, 3]);
    control.abort();
    await ended;
  });
});
