import { expect } from "chai";
import { configMap, node, ownedBy, pod, replicaSet } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
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

    it("leaves to stay what it sees only after its owner has gone, when that was told to leave orphans", async () => {
      await start();
      await api.of(replicaSetKind).create(replicaSet({ replicas: 0, resourceVersion: "" }));
      await settle();
      const [owner] = api.objects(replicaSetKind);
      const thaw = api.freeze(podKind);
      api.seed(podKind, pod({ name: "late", nodeName: "", labels: { app: "other" }, owner: ownedBy(owner ?? replicaSet()) }));
      await api.of(replicaSetKind).delete(key, { options: { propagationPolicy: "Orphan" } });
      await later();
      const owners = api.objects(replicaSetKind);
      thaw();
      await later();

      expect(owners).to.deep.equal([]);
      expect(api.objects(podKind).map(({ metadata }) => [metadata.name, metadata.ownerReferences])).to.deep.equal([["late", []]]);
    });

    it("does not delete by a view in which it still has only the owner that is gone", async () => {
      const kept = replicaSet({ name: "kept", replicas: 0 });
      api.seed(replicaSetKind, kept);
      api.seed(replicaSetKind, replicaSet({ name: "going", replicas: 0 }));
      api.seed(podKind, pod({ name: "shared", nodeName: "", labels: {}, ownerReferences: [ownedBy(replicaSet({ name: "going" }))] }));
      await start();
      const thaw = api.freeze(podKind);
      api.change(podKind, { namespace: "default", name: "shared" }, ({ metadata }) => {
        metadata.ownerReferences = [{ ...ownedBy(kept), controller: false, blockOwnerDeletion: false }];
      });
      await api.of(replicaSetKind).delete({ namespace: "default", name: "going" });
      await later();
      thaw();
      await later();
      expect(names()).to.deep.equal(["shared"]);
    });

    it("deletes in spite of a view in which only its status is old", async () => {
      api.seed(replicaSetKind, replicaSet({ replicas: 0 }));
      api.seed(podKind, pod({ nodeName: "", labels: {}, ownerReferences: [ownedBy(replicaSet())] }));
      await start();
      const thaw = api.freeze(podKind);
      api.change(podKind, key, ({ status }) => Object.assign(status, { phase: "Running" }));
      await api.of(replicaSetKind).delete(key);
      await later();
      thaw();
      expect(names()).to.deep.equal([]);
    });

    it("asks the server once whether an owner is gone, not for each of its dependents", async () => {
      for (const index of Array.from({ length: 40 }).keys()) {
        api.seed(podKind, pod({ name: `web-${index}`, nodeName: "", owner: ownedBy(replicaSet({ name: "gone" })) }));
      }
      const asked: string[] = [];
      api.intercept({ before: ({ verb, kind, key: { name } }) => void (verb === "get" && kind === replicaSetKind && asked.push(name)) });
      await start();
      await later();
      expect(names()).to.deep.equal([]);
      // Workers that begin together ask together.
      expect(asked.length).to.be.within(1, 5);
    });

    const three = ["one", "two", "three"];
    const circle = (blockOwnerDeletion: boolean) => {
      for (const [index, name] of three.entries()) {
        const owner = three[(index + 2) % 3] ?? "";
        const reference = { apiVersion: "v1", kind: "ConfigMap", name: owner, uid: `uid-default-${owner}`, blockOwnerDeletion };
        api.seed(configMapKind, configMap({ name, ownerReferences: [reference] }));
      }
    };
    for (const blocking of [true, false]) {
      for (const told of [["one"], ["one", "two"], three]) {
        it(`is not held up by a circle ${blocking ? "that blocks itself " : ""}when ${told.join(" and ")} go in the foreground`, async () => {
          circle(blocking);
          await start();
          for (const name of told) {
            await api.of(configMapKind).delete({ namespace: "default", name }, { options: { propagationPolicy: "Foreground" } });
          }
          await later();
          expect(api.objects(configMapKind)).to.deep.equal([]);
        });
      }
    }

    it("lets a chain that is deleted in the foreground go from its end", async () => {
      const chain = ["a", "b", "c", "d"];
      for (const [index, name] of chain.entries()) {
        const owner = chain[index - 1];
        const reference = { apiVersion: "v1", kind: "ConfigMap", name: owner ?? "", uid: `uid-default-${owner}`, blockOwnerDeletion: true };
        const finalizers = name === "d" ? ["example.com/hold"] : [];
        api.seed(configMapKind, configMap({ name, finalizers, ownerReferences: owner === undefined ? [] : [reference] }));
      }
      const gone: string[] = [];
      await start();
      api.observe(() => {
        const there = api.objects(configMapKind).map(({ metadata }) => metadata.name);
        gone.push(...chain.filter((name) => !there.includes(name) && !gone.includes(name)));
      });
      await api.of(configMapKind).delete({ namespace: "default", name: "a" }, { options: { propagationPolicy: "Foreground" } });
      await later();
      // A change of each has them all looked at again while the last one is held.
      for (const name of chain) {
        api.change(configMapKind, { namespace: "default", name }, ({ metadata }) => metadata.finalizers.push("example.com/seen"));
      }
      await later();
      for (const name of chain) {
        api.change(configMapKind, { namespace: "default", name }, ({ metadata }) => {
          metadata.finalizers = metadata.finalizers.filter((finalizer) => finalizer !== "example.com/seen");
        });
      }
      await later();
      const whileHeld = [...gone];
      await api.of(configMapKind).patch({ namespace: "default", name: "d" }, "merge", { metadata: { finalizers: null } });
      await later();
      expect([whileHeld, gone]).to.deep.equal([[], ["d", "c", "b", "a"]]);
    });

    it("says of an owner in another namespace that it is in none of the object's own, and deletes the object", async () => {
      api.seed(replicaSetKind, replicaSet({ name: "far", namespace: "other", replicas: 0 }));
      api.seed(podKind, pod({ nodeName: "", owner: ownedBy(replicaSet({ name: "far" })) }));
      await start();
      await later();
      const told = api.objects(eventKind).filter(({ reason }) => reason === "OwnerRefInvalidNamespace");
      expect(names()).to.deep.equal([]);
      expect(told.map(({ type, message, involvedObject }) => [type, message, involvedObject?.name])).to.deep.equal([
        [
          "Warning",
          'ownerRef [apps/v1/ReplicaSet, namespace: default, name: far, uid: uid-rs-far] does not exist in namespace "default"',
          "web",
        ],
      ]);
    });

    it("says of an object without a namespace that its owner can't have one, and leaves it alone", async () => {
      api.seed(nodeKind, node({ name: "n1", ownerReferences: [ownedBy(replicaSet({ name: "gone" }))] }));
      await start();
      await later();
      const told = api.objects(eventKind).filter(({ reason }) => reason === "OwnerRefInvalidNamespace");
      expect(api.objects(nodeKind).map(({ metadata }) => metadata.name)).to.deep.equal(["n1"]);
      expect(told.map(({ message }) => message)).to.deep.equal([
        'ownerRef [apps/v1/ReplicaSet, namespace: , name: gone, uid: uid-rs-gone] does not exist in namespace ""',
      ]);
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
});
