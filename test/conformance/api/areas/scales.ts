import { expect } from "chai";
import { isConflict, isInvalid, isNotFound } from "../../../../src/api/errors.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";
import { kindsThatScale, sample } from "../samples.js";

const subresource = "scale";

/** What Kubernetes' conformance tests ask of the scale subresource, of every kind that has one. */
export function scales(subject: () => ApiSubject): void {
  describe("the scale of a", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    for (const kind of kindsThatScale) {
      it(`${kind.kind} is read, updated and patched, and nothing else with it`, async () => {
        const { object: created } = await api.create(kind.kind, sample(kind, api, "web"));

        const read = await api.get(kind.kind, "web", { subresource });
        const scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "web", namespace: api.namespace } };
        const updated = await api.update(kind.kind, { ...scale, spec: { replicas: 3 } }, { subresource });
        const patched = await api.patch(kind.kind, "web", { spec: { replicas: 4 } }, { subresource });
        const after = await api.get(kind.kind, "web");

        expect(read).to.include({ apiVersion: "autoscaling/v1", kind: "Scale" });
        expect([read.spec.replicas, read.status.selector, read.metadata.uid]).to.deep.equal([2, "app=fuzz", created.metadata.uid]);
        expect([updated.object.spec.replicas, patched.object.spec.replicas]).to.deep.equal([3, 4]);
        expect(after.spec).to.deep.equal({ ...created.spec, replicas: 4 });
        expect(after.metadata.generation).to.equal(3);
      });
    }

    it("Deployment is what its ReplicaSet then comes to", async () => {
      const kind = kindsThatScale.find(({ kind: name }) => name === "Deployment");
      if (kind === undefined) throw new Error("Deployments scale");
      await api.create("Deployment", sample(kind, api, "web"));

      await api.patch("Deployment", "web", { spec: { replicas: 3 } }, { subresource });
      const { status } = await api.until("Deployment", "web", (object) => object.status.replicas === 3);

      expect(status.replicas).to.equal(3);
      expect((await api.get("Deployment", "web", { subresource })).status.replicas).to.equal(3);
    });

    it("stale object, and one below zero, are refused", async () => {
      const kind = kindsThatScale.find(({ kind: name }) => name === "StatefulSet");
      if (kind === undefined) throw new Error("StatefulSets scale");
      await api.create("StatefulSet", sample(kind, api, "web"));
      const stale = await api.get("StatefulSet", "web", { subresource });
      await api.patch("StatefulSet", "web", { spec: { replicas: 3 } }, { subresource });

      const conflict = await refusal(api.update("StatefulSet", { ...stale, spec: { replicas: 9 } }, { subresource }));
      const negative = await refusal(api.patch("StatefulSet", "web", { spec: { replicas: -1 } }, { subresource }));

      expect(isConflict(conflict), conflict.message).to.equal(true);
      expect(isInvalid(negative), negative.message).to.equal(true);
      expect((await api.get("StatefulSet", "web")).spec.replicas).to.equal(3);
    });

    it("kind that does not scale is not found", async () => {
      await api.create("ConfigMap", { metadata: { name: "settings" } });

      const error = await refusal(api.get("ConfigMap", "settings", { subresource }));

      expect(isNotFound(error), error.message).to.equal(true);
    });
  });
}
