import { expect } from "chai";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { podTemplate } from "../samples.js";

/** What Kubernetes' conformance tests ask of workloads that needs no node. */
export function workloads(subject: () => ApiSubject): void {
  describe("workloads", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const replicaSet = (replicas: number) =>
      api.create("ReplicaSet", {
        metadata: { name: "web" },
        spec: { replicas, selector: { matchLabels: { app: "web" } }, template: podTemplate({ app: "web" }) },
      });
    const podNames = async (labelSelector: string) => (await api.list("Pod", { labelSelector })).items.map(({ metadata }) => metadata.name);

    it("a ReplicaSet adopts pods that match, and lets go of those that no longer do", async () => {
      const { spec } = podTemplate({});
      await api.create("Pod", { metadata: { name: "orphan", labels: { app: "web" } }, spec });

      const { object } = await replicaSet(1);
      const adopted = await api.until("Pod", "orphan", ({ metadata }) => metadata.ownerReferences !== undefined);
      const alone = await podNames("app=web");
      await api.patch("Pod", "orphan", { metadata: { labels: { app: "other" } } });
      const released = await api.until("Pod", "orphan", ({ metadata }) => metadata.ownerReferences === undefined);
      await api.until("ReplicaSet", "web", ({ status }) => status.replicas === 1 && status.observedGeneration === 1);

      expect(adopted.metadata.ownerReferences).to.deep.equal([
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: object.metadata.uid, controller: true, blockOwnerDeletion: true },
      ]);
      expect(alone).to.deep.equal(["orphan"]);
      expect(released.metadata).to.not.have.property("deletionTimestamp");
    });

    it("a ReplicaSet is scaled by an update and changed by a patch", async () => {
      await replicaSet(1);
      await api.until("ReplicaSet", "web", ({ status }) => status.replicas === 1);

      await api.change("ReplicaSet", "web", ({ spec }) => Object.assign(spec, { replicas: 2 }));
      await api.until("ReplicaSet", "web", ({ status }) => status.replicas === 2 && status.observedGeneration === 2);
      const grown = await podNames("app=web");
      const { object } = await api.patch("ReplicaSet", "web", {
        metadata: { labels: { patched: "yes" } },
        spec: { replicas: 3, template: { spec: { containers: [{ name: "main", image: "busybox:2" }], terminationGracePeriodSeconds: 0 } } },
      });
      await api.until("ReplicaSet", "web", ({ status }) => status.replicas === 3);
      const images = (await api.list("Pod", { labelSelector: "app=web" })).items.map(({ spec }) => spec.containers[0].image);

      expect(grown).to.have.length(2);
      expect(object.metadata.labels).to.deep.include({ patched: "yes" });
      // Pods that there are already stay as they are.
      expect(images.sort()).to.deep.equal(["busybox:1.36", "busybox:1.36", "busybox:2"]);
    });

    it("a pod is of the class of service that follows from what it requests", async () => {
      const amounts = { cpu: "100m", memory: "100Mi" };
      const classOf = async (name: string, resources: object): Promise<Loose> => {
        const { object } = await api.create("Pod", { metadata: { name }, spec: podTemplate({}, { resources }).spec });
        return object.status.qosClass;
      };

      expect(await classOf("guaranteed", { requests: amounts, limits: amounts })).to.equal("Guaranteed");
      expect(await classOf("burstable", { requests: amounts })).to.equal("Burstable");
      expect(await classOf("best-effort", {})).to.equal("BestEffort");
    });
  });
}
