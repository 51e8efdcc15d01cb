import { expect } from "chai";
import { isForbidden, isNotFound } from "../../../../src/api/errors.js";
import { kinds } from "../../../../src/api/kinds/index.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";
import { sample } from "../samples.js";

const namespaced = kinds.filter((kind) => kind.namespaced);

/** Kubernetes' conformance area "Namespaces". */
export function namespaces(subject: () => ApiSubject): void {
  describe("namespaces", () => {
    let api: JsonApi;
    let name: string;

    beforeEach(async () => {
      api = await subject().fresh();
      name = api.namespace;
    });

    it("take all that is in them with them, of every kind, and nothing of another", async () => {
      const other = await subject().fresh();
      for (const at of [api, other]) for (const kind of namespaced) await at.create(kind.kind, sample(kind, at, "one"));

      await api.delete("Namespace", name);
      await api.untilGone("Namespace", name);
      await subject().fresh();

      for (const kind of namespaced) {
        expect((await api.list(kind.kind)).items, kind.kind).to.deep.equal([]);
        expect((await other.list(kind.kind)).items.length, kind.kind).to.be.at.least(1);
      }
    });

    it("that are deleted take nothing in, and stay until what is in them has gone", async () => {
      await api.create("ConfigMap", { metadata: { name: "held", finalizers: ["example.com/hold"] } });
      await api.create("ConfigMap", { metadata: { name: "free" } });

      await api.delete("Namespace", name);
      await api.untilGone("ConfigMap", "free");
      const going = await api.get("Namespace", name);
      const refused = await refusal(api.create("ConfigMap", { metadata: { name: "late" } }));
      await api.patch("ConfigMap", "held", { metadata: { finalizers: null } });
      await api.untilGone("Namespace", name);

      expect(going.status.phase).to.equal("Terminating");
      expect(isForbidden(refused), refused.message).to.equal(true);
      expect(refused.message).to.contain(`because it is being terminated`);
      expect(isNotFound(await refusal(api.create("ConfigMap", { metadata: { name: "late" } })))).to.equal(true);
    });

    it("are patched and updated", async () => {
      const patched = await api.patch("Namespace", name, { metadata: { labels: { patched: "yes" } } });
      const updated = await api.change("Namespace", name, ({ metadata }) => Object.assign(metadata.labels, { updated: "yes" }));

      expect(patched.object.metadata.labels).to.include({ patched: "yes", "kubernetes.io/metadata.name": name });
      expect(updated.object.metadata.labels).to.include({ patched: "yes", updated: "yes" });
    });

    it("have a status that is patched and updated apart", async () => {
      const condition = (type: string) => ({ type, status: "True", reason: "Tested", message: "by a test" });
      const subresource = "status";
      const { status } = await api.get("Namespace", name, { subresource });

      const patched = await api.patch(
        "Namespace",
        name,
        { metadata: { annotations: { patched: "yes" } }, status: { conditions: [condition("Patched")] } },
        { subresource },
      );
      const updated = await api.change("Namespace", name, (draft) => draft.status.conditions.push(condition("Updated")), { subresource });

      expect(status.phase).to.equal("Active");
      expect(patched.object.metadata.annotations).to.deep.equal({ patched: "yes" });
      expect(patched.object.status).to.deep.include({ phase: "Active" });
      expect(updated.object.status.conditions.map(({ type }: { type: string }) => type)).to.deep.equal(["Patched", "Updated"]);
    });

    it("take finalizers of others, which are written apart, and wait for them", async () => {
      const mine = "example.com/mine";
      const subresource = "finalize";
      const finalize = (alter: (finalizers: string[]) => readonly string[]) =>
        api.change("Namespace", name, ({ spec }) => Object.assign(spec, { finalizers: alter(spec.finalizers) }), { subresource });

      const held = await finalize((finalizers) => [...finalizers, mine]);
      const freed = await finalize((finalizers) => finalizers.filter((finalizer) => finalizer !== mine));
      await finalize((finalizers) => [...finalizers, mine]);
      await api.delete("Namespace", name);
      const waiting = await api.until("Namespace", name, ({ spec }) => !spec.finalizers.includes("kubernetes"));
      await finalize(() => []);
      await api.untilGone("Namespace", name);

      expect(held.object.spec.finalizers).to.deep.equal(["kubernetes", mine]);
      expect(freed.object.spec.finalizers).to.deep.equal(["kubernetes"]);
      expect(waiting.spec.finalizers).to.deep.equal([mine]);
    });

    it("of the system are never deleted", async () => {
      const error = await refusal(api.delete("Namespace", "default"));

      expect(isForbidden(error), error.message).to.equal(true);
      expect((await api.get("Namespace", "default")).status.phase).to.equal("Active");
    });
  });
}
