import { expect } from "chai";
import { isNotFound } from "../../../../src/api/errors.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

const replicas = 4;
const workload = (name: string, count = replicas) => ({
  metadata: { name },
  spec: { replicas: count, selector: { matchLabels: { app: name } }, template: podTemplate({ app: name }) },
});
const namesOf = (objects: readonly Loose[]): readonly string[] => objects.map(({ metadata }) => metadata.name);

/** Kubernetes' conformance area "Garbage collector". Its ReplicationControllers are ReplicaSets here. */
export function garbageCollection(subject: () => ApiSubject): void {
  describe("garbage collection", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    /** A ReplicaSet that has all its pods. */
    async function replicaSet(name: string): Promise<{ readonly owner: Loose; readonly pods: readonly Loose[] }> {
      await api.create("ReplicaSet", workload(name));
      const owner = await api.until("ReplicaSet", name, ({ status }) => status.replicas === replicas);
      const { items: pods } = await api.list("Pod", { labelSelector: `app=${name}` });
      expect(pods).to.have.length(replicas);
      return { owner, pods };
    }

    const remove = (kind: string, { metadata }: Loose, propagationPolicy: "Background" | "Foreground" | "Orphan") =>
      api.delete(kind, metadata.name, { propagationPolicy, preconditions: { uid: metadata.uid } });
    const allGone = (kind: string, objects: readonly Loose[]) => Promise.all(namesOf(objects).map((name) => api.untilGone(kind, name)));
    const pods = async (labelSelector: string): Promise<readonly Loose[]> => (await api.list("Pod", { labelSelector })).items;

    /** The collector is done with what came before once something younger has been collected. */
    async function collectorHasPassed(): Promise<void> {
      const { owner, pods: doomed } = await replicaSet("passing");
      await remove("ReplicaSet", owner, "Background");
      await allGone("Pod", doomed);
    }

    it("deletes the pods of a ReplicaSet that is deleted in the background", async () => {
      const { owner, pods: owned } = await replicaSet("web");

      const { deleted } = await remove("ReplicaSet", owner, "Background");
      await allGone("Pod", owned);

      expect(deleted).to.equal(true);
      expect(await pods("app=web")).to.deep.equal([]);
    });

    it("leaves the pods of a ReplicaSet that is deleted as an orphaner, and owned by nobody", async () => {
      const { owner, pods: owned } = await replicaSet("web");

      await remove("ReplicaSet", owner, "Orphan");
      await api.untilGone("ReplicaSet", "web");
      await collectorHasPassed();

      const left = await pods("app=web");
      expect(namesOf(left)).to.deep.equal(namesOf(owned));
      for (const { metadata } of left) {
        expect(metadata).to.not.have.property("ownerReferences");
        expect(metadata).to.not.have.property("deletionTimestamp");
      }
    });

    it("keeps a ReplicaSet that is deleted in the foreground until all of its pods are gone", async () => {
      const { owner, pods: owned } = await replicaSet("web");
      const [held, ...others] = owned;
      await api.patch("Pod", held.metadata.name, { metadata: { finalizers: ["example.com/hold"] } });

      const { deleted } = await remove("ReplicaSet", owner, "Foreground");
      await allGone("Pod", others);
      const waiting = await api.get("ReplicaSet", "web");
      await api.until("Pod", held.metadata.name, ({ metadata }) => metadata.deletionTimestamp !== undefined);
      await api.patch("Pod", held.metadata.name, { metadata: { finalizers: null } });
      await api.untilGone("ReplicaSet", "web");

      expect(deleted).to.equal(false);
      expect(waiting.metadata.deletionTimestamp).to.be.a("string");
      expect(waiting.metadata.finalizers).to.deep.equal(["foregroundDeletion"]);
      expect(await pods("app=web")).to.deep.equal([]);
    });

    it("deletes the ReplicaSet and the pods of a Deployment that is deleted in the background", async () => {
      await api.create("Deployment", workload("web"));
      const deployment = await api.until("Deployment", "web", ({ status }) => status.replicas === replicas);
      const { items: replicaSets } = await api.list("ReplicaSet");
      const owned = await pods("app=web");

      await remove("Deployment", deployment, "Background");
      await allGone("ReplicaSet", replicaSets);
      await allGone("Pod", owned);

      expect([replicaSets.length, owned.length]).to.deep.equal([1, replicas]);
      expect(await pods("app=web")).to.deep.equal([]);
    });

    it("leaves the ReplicaSet of a Deployment that is deleted as an orphaner, with its pods", async () => {
      await api.create("Deployment", workload("web"));
      const deployment = await api.until("Deployment", "web", ({ status }) => status.replicas === replicas);
      const before = await pods("app=web");

      await remove("Deployment", deployment, "Orphan");
      await api.untilGone("Deployment", "web");
      await collectorHasPassed();

      const { items } = await api.list("ReplicaSet", { labelSelector: "app=web" });
      const after = await pods("app=web");
      expect(items).to.have.length(1);
      expect(items[0].metadata).to.not.have.property("ownerReferences");
      expect(namesOf(after)).to.deep.equal(namesOf(before));
      for (const { metadata } of after) expect(metadata.ownerReferences[0].uid).to.equal(items[0].metadata.uid);
    });

    it("keeps dependents of an owner that waits for them, if another owner of theirs stays", async () => {
      const { owner: going, pods: owned } = await replicaSet("going");
      const { object: staying } = await api.create("ReplicaSet", workload("staying", 0));
      const { apiVersion, kind, metadata } = staying;
      const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid };
      const [shared, sole] = [owned.slice(0, replicas / 2), owned.slice(replicas / 2)];
      for (const pod of shared) {
        await api.change("Pod", pod.metadata.name, (draft) => draft.metadata.ownerReferences.push(reference));
      }

      await remove("ReplicaSet", going, "Foreground");
      await api.untilGone("ReplicaSet", "going");
      await collectorHasPassed();

      const left = await pods("app=going");
      expect(namesOf(left)).to.deep.equal(namesOf(shared));
      for (const pod of left) {
        expect(pod.metadata).to.not.have.property("deletionTimestamp");
        expect(pod.metadata.ownerReferences).to.deep.equal([reference]);
      }
      for (const name of namesOf(sole)) expect(isNotFound(await refusal(api.get("Pod", name)))).to.equal(true);
    });

    it("is not held up by objects that own each other in a circle", async () => {
      const names = ["one", "two", "three"];
      const created: Loose[] = [];
      for (const name of names) {
        const { object } = await api.create("Pod", { metadata: { name }, spec: podTemplate({}).spec });
        created.push(object);
      }
      for (const [index, pod] of created.entries()) {
        const owner = created[(index + names.length - 1) % names.length];
        const reference = { apiVersion: "v1", kind: "Pod", name: owner.metadata.name, uid: owner.metadata.uid };
        const ownerReferences = [{ ...reference, controller: true, blockOwnerDeletion: true }];
        await api.patch("Pod", pod.metadata.name, { metadata: { ownerReferences } });
      }

      await remove("Pod", created[0], "Foreground");
      await allGone("Pod", created);

      expect(await pods("")).to.deep.equal([]);
    });
  });
}
