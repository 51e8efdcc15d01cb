import { expect } from "chai";
import { deployment, lease } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { unavailable } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { microTimeFromMs } from "../../api/values/time.js";
import { isActive, isReady } from "../pod-state.js";
import { disconnectedAnnotation } from "./liveness.js";
import { readiness } from "./readiness.js";

describe("a node that is lost", () => {
  let clock: FakeClock;
  let plane: ControlPlane;
  let nodes: FakeNodes;
  let alive: Set<string>;

  beforeEach(async () => {
    clock = new FakeClock();
    plane = startControlPlane(clock, { scheduler: true });
    nodes = new FakeNodes(plane.api, clock, ["n1", "n2"]);
    alive = new Set(["n1", "n2"]);
    for (const name of alive) plane.api.seed(leaseKind, lease({ name }));
    await plane.api.of(deploymentKind).create(deployment({ replicas: 4, resourceVersion: "" }));
    await pass(5);
  });
  afterEach(() => plane.stop());

  const pods = () => plane.api.objects(podKind);
  const on = (name: string) => pods().filter(({ spec }) => spec.nodeName === name);
  const ready = (name: string): string | undefined =>
    plane.api
      .objects(nodeKind)
      .filter(({ metadata }) => metadata.name === name)
      .map(readiness)[0];
  const taints = (name: string): string[] =>
    plane.api
      .objects(nodeKind)
      .filter(({ metadata }) => metadata.name === name)
      .flatMap(({ spec }) => spec.taints.map(({ key, effect }) => `${key}:${effect}`));

  /** Lets seconds pass in which the nodes that live renew their Leases and move their pods on. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000);
      await settle();
      for (const name of alive) {
        plane.api.change(leaseKind, { namespace: "kube-node-lease", name }, (draft) => {
          draft.spec.renewTime = microTimeFromMs(clock.now());
        });
      }
      while (await nodes.step((due) => due.find(({ spec }) => alive.has(spec.nodeName ?? "")))) await settle();
    }
  }

  /** A node renews its Lease again, then reports that it is ready. */
  async function comeBack(name: string): Promise<void> {
    alive.add(name);
    await pass(1);
    plane.api.change(nodeKind, { namespace: "", name }, ({ status }) => {
      status.conditions = status.conditions.map((condition) => ({ ...condition, status: "True" }));
    });
  }

  it("is NotReady after fifteen seconds, and its pods are not ready", async () => {
    expect([on("n1").length, on("n2").length]).to.deep.equal([2, 2]);
    alive.delete("n1");
    await pass(14);
    expect(ready("n1")).to.equal("True");
    await pass(3);

    expect(ready("n1")).to.equal("Unknown");
    expect(taints("n1")).to.deep.equal(["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]);
    expect(on("n1").map(isReady)).to.deep.equal([false, false]);
    expect(plane.api.objects(eventKind).map(({ reason }) => reason)).to.include("NodeNotReady");
    expect([ready("n2"), taints("n2")]).to.deep.equal(["True", []]);
  });

  it("is NotReady at once when its stream is said to be broken", async () => {
    alive.delete("n1");
    plane.api.change(leaseKind, { namespace: "kube-node-lease", name: "n1" }, (draft) => {
      draft.metadata.annotations[disconnectedAnnotation] = "2030-01-01T00:00:00Z";
    });
    await settle();
    expect(ready("n1")).to.equal("Unknown");
  });

  it("has its pods replaced elsewhere thirty seconds later; they stay Terminating until it is back", async () => {
    alive.delete("n1");
    await pass(44);
    expect(on("n1").filter(isActive)).to.have.length(2);
    await pass(6);

    expect(on("n1").map(isActive)).to.deep.equal([false, false]);
    expect(on("n2").filter(isReady)).to.have.length(4);
    expect(plane.api.objects(deploymentKind)[0]?.status).to.include({ replicas: 4, availableReplicas: 4 });

    alive.add("n1");
    await pass(2);
    expect(on("n1")).to.deep.equal([]);
  });

  it("keeps its pods when it comes back in time", async () => {
    const before = pods().map(({ metadata }) => metadata.uid);
    alive.delete("n1");
    await pass(30);
    expect(ready("n1")).to.equal("Unknown");
    await comeBack("n1");
    await pass(60);

    expect(taints("n1")).to.deep.equal([]);
    expect(pods().map(({ metadata }) => metadata.uid)).to.deep.equal(before);
    expect(pods().map(isReady)).to.deep.equal([true, true, true, true]);
  });

  it("costs no pod its life when no other node is ready", async () => {
    alive.clear();
    await pass(300);
    expect([ready("n1"), ready("n2")]).to.deep.equal(["Unknown", "Unknown"]);
    expect(pods().filter(isActive)).to.have.length(4);

    // Where nothing is ready, evictions are called off; as soon as one is back the other's pods have their time, and go there.
    expect(taints("n1")).to.deep.equal(["node.kubernetes.io/unreachable:NoSchedule"]);
    await comeBack("n2");
    await pass(25);
    expect(on("n1").filter(isActive)).to.have.length(2);
    await pass(15);
    expect(on("n2").filter(isReady)).to.have.length(4);
  });

  it("is not given up by controllers that have just begun to listen", async () => {
    await plane.stop();
    alive.clear();
    plane = startControlPlane(clock, { api: plane.api });
    await pass(29);
    expect([ready("n1"), ready("n2")]).to.deep.equal(["True", "True"]);
    await pass(2);
    expect([ready("n1"), ready("n2")]).to.deep.equal(["Unknown", "Unknown"]);
  });

  it("is given up by no step of the wall clock", async () => {
    clock.stepWall(3_600_000);
    await pass(3);
    clock.stepWall(-7_200_000);
    await pass(3);
    expect([ready("n1"), ready("n2")]).to.deep.equal(["True", "True"]);
    expect(pods().filter(isActive)).to.have.length(4);
  });
});

describe("nodes that are lost together", () => {
  const names = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];
  let clock: FakeClock;
  let plane: ControlPlane;

  beforeEach(async () => {
    clock = new FakeClock();
    plane = startControlPlane(clock);
    new FakeNodes(plane.api, clock, names);
    for (const name of names) plane.api.seed(leaseKind, lease({ name }));
    await pass(1, names);
  });
  afterEach(() => plane.stop());

  async function pass(seconds: number, alive: readonly string[]): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000);
      for (const name of alive) {
        plane.api.change(leaseKind, { namespace: "kube-node-lease", name }, (draft) => {
          draft.spec.renewTime = microTimeFromMs(clock.now());
        });
      }
      await settle();
    }
  }

  /** How many nodes are kept free of new pods, and how many of them evict theirs. */
  const tainted = (): readonly number[] =>
    ["NoSchedule", "NoExecute"].map(
      (wanted) => plane.api.objects(nodeKind).filter(({ spec }) => spec.taints.some(({ effect }) => effect === wanted)).length,
    );

  it("evict their pods one node every ten seconds", async () => {
    const alive = names.slice(3);
    const seen: (readonly number[])[] = [];
    for (const seconds of [16, 8, 3, 9]) {
      await pass(seconds, alive);
      seen.push(tainted());
    }
    expect(seen).to.deep.equal([
      [3, 1],
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
  });

  it("evict nothing where they are most of a small zone", async () => {
    await pass(120, names.slice(5));
    expect(tainted()).to.deep.equal([5, 0]);
  });

  it("begin to evict when enough others are back", async () => {
    await pass(60, names.slice(5));
    const alive = ["n1", "n2", ...names.slice(5)];
    await pass(1, alive);
    for (const name of ["n1", "n2"]) {
      plane.api.change(nodeKind, { namespace: "", name }, ({ status }) => {
        status.conditions = status.conditions.map((condition) => ({ ...condition, status: "True" }));
      });
    }
    // One of those that came back may have had the turn that was due.
    await pass(12, alive);
    expect(tainted()).to.deep.equal([3, 1]);
  });

  it("go on evicting after a time in which it was only we who heard of nobody", async () => {
    const alive = names.slice(3);
    await pass(16, alive);
    expect(tainted()).to.deep.equal([3, 1]);

    const thaw = plane.api.freeze(leaseKind);
    const heed = plane.api.intercept({
      before: ({ verb, kind, key }) => {
        if (verb === "get" && kind.typeName === leaseKind.typeName && alive.includes(key.name)) throw unavailable("away");
      },
    });
    // The last node's turn comes when all the others seem lost, too.
    await pass(25, alive);
    expect(tainted()[1]).to.be.below(3);
    thaw();
    heed();
    await pass(30, alive);

    expect(tainted()).to.deep.equal([3, 3]);
  });

  it("evict nothing, and stop doing so, when all are lost", async () => {
    await pass(40, names.slice(3));
    expect(tainted()).to.deep.equal([3, 3]);
    await pass(20, []);
    expect(tainted()).to.deep.equal([8, 0]);
  });
});
