import { expect } from "chai";
import { namespace, node, ownedBy, pod, replicaSet } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";

const key = { namespace: "default", name: "web" };

describe("what is left behind", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let plane: ControlPlane | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
  });
  afterEach(async () => {
    await plane?.stop();
    plane = undefined;
  });

  const start = async (): Promise<void> => {
    plane = startControlPlane(clock, { api });
    await settle();
  };
  const names = (): string[] => api.objects(podKind).map(({ metadata }) => metadata.name);
  const later = async (): Promise<void> => {
    await clock.advance(10_000);
    await settle();
  };

  describe("the garbage collector", () => {
    it("deletes the pods of a ReplicaSet that is deleted", async () => {
      await start();
      await api.of(replicaSetKind).create(replicaSet({ replicas: 3, resourceVersion: "" }));
      await settle();
      await api.of(replicaSetKind).delete(key);
      await later();
      expect(names()).to.deep.equal([]);
    });

    it("deletes what was left behind while nobody looked", async () => {
      api.seed(podKind, pod({ nodeName: "", owner: ownedBy(replicaSet({ name: "gone" })) }));
      await start();
      await later();
      expect(names()).to.deep.equal([]);
    });

    it("is not deceived by a new owner of the old one's name", async () => {
      api.seed(podKind, pod({ name: "of-the-old", nodeName: "", labels: { app: "web" }, owner: ownedBy(replicaSet({ uid: "old" })) }));
      api.seed(replicaSetKind, replicaSet({ uid: "new", replicas: 0 }));
      await start();
      await later();
      expect(names()).to.deep.equal([]);
    });

    it("keeps what has another owner", async () => {
      const kept = replicaSet({ name: "kept", replicas: 0 });
      api.seed(replicaSetKind, kept);
      const ownerReferences = [ownedBy(kept), ownedBy(replicaSet({ name: "gone" }))];
      api.seed(podKind, pod({ name: "shared", nodeName: "", ownerReferences }));
      await start();
      await later();
      const [shared] = api.objects(podKind);
      expect(shared?.metadata.ownerReferences.map(({ name }) => name)).to.deep.equal(["kept"]);
    });

    it("leaves orphans when told to", async () => {
      await start();
      await api.of(replicaSetKind).create(replicaSet({ replicas: 2, resourceVersion: "" }));
      await settle();
      await api.of(replicaSetKind).delete(key, { options: { propagationPolicy: "Orphan" } });
      await later();

      expect(api.objects(replicaSetKind)).to.deep.equal([]);
      expect(api.objects(podKind).map(({ metadata }) => metadata.ownerReferences)).to.deep.equal([[], []]);
    });

    it("lets an owner go after its pods when told to", async () => {
      const nodes = new FakeNodes(api, clock, ["n1"]);
      plane = startControlPlane(clock, { api, scheduler: true });
      await settle();
      await api.of(replicaSetKind).create(replicaSet({ replicas: 2, resourceVersion: "" }));
      await later();
      await api.of(replicaSetKind).delete(key, { options: { propagationPolicy: "Foreground" } });
      await later();
      expect(api.objects(podKind).map(({ metadata }) => metadata.deletionTimestamp !== undefined)).to.deep.equal([true, true]);
      expect(api.objects(replicaSetKind)).to.have.length(1);

      while (await nodes.step()) await settle();
      await later();
      expect([...names(), ...api.objects(replicaSetKind)]).to.deep.equal([]);
    });

    it("leaves alone what belongs to a kind it does not know", async () => {
      api.seed(podKind, pod({ nodeName: "", ownerReferences: [{ apiVersion: "example.com/v1", kind: "Thing", name: "x", uid: "x" }] }));
      await start();
      await later();
      expect(names()).to.deep.equal(["web"]);
    });
  });

  describe("the pod garbage collector", () => {
    it("removes the pods of a node that is deleted, and no others", async () => {
      for (const name of ["n1", "n2"]) api.seed(nodeKind, node({ name }));
      api.seed(podKind, pod({ name: "a", nodeName: "n1" }));
      api.seed(podKind, pod({ name: "b", nodeName: "n2" }));
      api.seed(podKind, pod({ name: "c", nodeName: "n1", deleting: true }));
      await start();
      api.remove(nodeKind, { namespace: "", name: "n1" });
      await later();
      expect(names()).to.deep.equal(["b"]);
    });

    it("believes the server rather than a view that does not show the node yet", async () => {
      await start();
      const thaw = api.freeze(nodeKind);
      api.seed(nodeKind, node({ name: "n1" }));
      api.seed(podKind, pod({ name: "a", nodeName: "n1" }));
      await later();
      thaw();
      expect(names()).to.deep.equal(["a"]);
    });
  });

  describe("the namespace controller", () => {
    it("empties a namespace, pods first, and lets it go", async () => {
      const nodes = new FakeNodes(api, clock, ["n1"]);
      api.seed(namespaceKind, namespace({ name: "team" }));
      plane = startControlPlane(clock, { api, scheduler: true });
      await settle();
      await api.of(replicaSetKind).create(replicaSet({ namespace: "team", replicas: 2, resourceVersion: "" }));
      await later();
      await api.of(namespaceKind).delete({ namespace: "", name: "team" });
      await later();

      // The node has not stopped the pods yet: everything else waits.
      expect(api.objects(replicaSetKind)).to.have.length(1);
      const content = api
        .objects(namespaceKind)
        .flatMap(({ status }) => status.conditions)
        .find(({ type }) => type === "NamespaceContentRemaining");
      expect([content?.status, content?.message]).to.deep.equal(["True", "Some resources are remaining: pods has 2 resource instances"]);

      while (await nodes.step()) await settle();
      await later();
      expect(api.objects(namespaceKind)).to.deep.equal([]);
      const left = [...api.objects(replicaSetKind), ...api.objects(podKind), ...api.objects(eventKind)];
      expect(left.filter(({ metadata }) => metadata.namespace === "team")).to.deep.equal([]);
    });

    it("goes on after it was stopped in the middle", async () => {
      api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
      api.seed(podKind, pod({ namespace: "team", nodeName: "" }));
      await start();
      await later();
      expect([...api.objects(namespaceKind), ...names()]).to.deep.equal([]);
    });

    it("leaves other namespaces alone", async () => {
      api.seed(namespaceKind, namespace({ name: "team", deleting: true }));
      api.seed(namespaceKind, namespace({ name: "other" }));
      api.seed(podKind, pod({ namespace: "other", nodeName: "" }));
      await start();
      await later();
      expect(api.objects(namespaceKind).map(({ metadata }) => metadata.name)).to.deep.equal(["other"]);
      expect(names()).to.deep.equal(["web"]);
    });
  });
});
