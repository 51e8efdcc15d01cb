import { expect } from "chai";
import { isBadRequest, isConflict, isInvalid } from "../../../../src/api/errors.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

/** Server-side apply: what Kubernetes' own tests of it ask. */
export function applies(subject: () => ApiSubject): void {
  describe("server-side apply", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const apply = async (fieldManager: string, kind: string, name: string, fields: object, options: object = {}): Promise<Loose> => {
      const apiVersion = kind === "Deployment" ? "apps/v1" : "v1";
      const configuration = { apiVersion, kind, metadata: { name }, ...fields };
      return (await api.patch(kind, name, configuration, { patchType: PatchType.APPLY, fieldManager, ...options })).object;
    };
    const settings = (fieldManager: string, data: object, options: object = {}): Promise<Loose> =>
      apply(fieldManager, "ConfigMap", "settings", { data }, options);
    /** "manager operation: fields of data", for each entry. */
    const owners = ({ metadata }: Loose): readonly string[] =>
      metadata.managedFields.map(({ manager, operation, fieldsV1 }: Loose) => {
        const fields = Object.keys(fieldsV1["f:data"] ?? {}).filter((field) => field !== ".");
        return `${manager} ${operation}: ${fields.join(" ")}`;
      });

    it("creates what is not there, and is owned by who applied it", async () => {
      const created = await settings("alice", { a: "1", b: "2" });

      expect(created.data).to.deep.equal({ a: "1", b: "2" });
      expect(owners(created)).to.deep.equal(["alice Apply: f:a f:b"]);
      expect(created.metadata.managedFields[0]).to.include({ apiVersion: "v1", fieldsType: "FieldsV1" });
    });

    it("of the same again writes nothing", async () => {
      const first = await settings("alice", { a: "1" });
      const second = await settings("alice", { a: "1" });

      expect(second.metadata.resourceVersion).to.equal(first.metadata.resourceVersion);
    });

    it("lets many own a field that they agree about, and keeps it until the last lets go", async () => {
      await settings("alice", { a: "1", b: "2" });
      const shared = await settings("bob", { a: "1", c: "3" });
      const kept = await settings("alice", { b: "2" });
      const removed = await settings("bob", { c: "3" });

      expect(shared.data).to.deep.equal({ a: "1", b: "2", c: "3" });
      expect(owners(shared)).to.have.members(["alice Apply: f:a f:b", "bob Apply: f:a f:c"]);
      expect(kept.data).to.deep.equal({ a: "1", b: "2", c: "3" });
      expect(removed.data).to.deep.equal({ b: "2", c: "3" });
    });

    it("refuses to change what another owns, naming it, unless told to take it over", async () => {
      await settings("alice", { a: "1", b: "2" });

      const error = await refusal(settings("bob", { a: "2", b: "3" }));
      const taken = await settings("bob", { a: "2" }, { force: true });
      const lost = await refusal(settings("alice", { a: "1", b: "2" }));

      for (const conflict of [error, lost]) expect(isConflict(conflict), conflict.message).to.equal(true);
      expect(error.message).to.contain('conflicts with "alice"');
      for (const field of [".data.a", ".data.b"]) expect(error.message).to.contain(field);
      expect(taken.data).to.deep.equal({ a: "2", b: "2" });
      expect(owners(taken)).to.have.members(["alice Apply: f:b", "bob Apply: f:a"]);
    });

    it("conflicts with what was written by any other way", async () => {
      await settings("alice", { a: "1" });
      const patched = await api.patch("ConfigMap", "settings", { data: { a: "2" } }, { fieldManager: "carol" });

      const error = await refusal(settings("alice", { a: "1" }));

      expect(owners(patched.object)).to.have.members(["carol Update: f:a"]);
      expect(isConflict(error), error.message).to.equal(true);
      expect(error.message).to.contain('conflict with "carol"');
    });

    it("merges lists by their keys, each applier owning its elements", async () => {
      const spec = (template: object) => ({ spec: { replicas: 0, selector: { matchLabels: { app: "web" } }, template } });
      const template = podTemplate({ app: "web" }, { env: [{ name: "A", value: "1" }] });
      await apply("alice", "Deployment", "web", spec(template));
      const side = { spec: { template: { spec: { containers: [{ name: "side", image: "busybox:1" }] } } } };

      const both = await apply("bob", "Deployment", "web", side);
      const alone = await apply("bob", "Deployment", "web", { metadata: { name: "web", labels: { by: "bob" } } });

      const namesOf = (object: Loose) => object.spec.template.spec.containers.map(({ name }: Loose) => name);
      expect(namesOf(both)).to.deep.equal(["main", "side"]);
      expect(both.spec.template.spec.containers[0].env).to.deep.equal([{ name: "A", value: "1" }]);
      expect(namesOf(alone)).to.deep.equal(["main"]);
    });

    it("applies to a status by itself", async () => {
      const sets = { replicas: 0, serviceName: "db", selector: { matchLabels: { app: "db" } }, template: podTemplate({ app: "db" }) };
      await api.create("StatefulSet", { metadata: { name: "db" }, spec: sets });
      const configuration = {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "db" },
        spec: { replicas: 9 },
        status: { replicas: 2 },
      };
      const options = { patchType: PatchType.APPLY, fieldManager: "alice", subresource: "status" };

      const { object } = await api.patch("StatefulSet", "db", configuration, options);

      expect([object.status.replicas, object.spec.replicas]).to.deep.equal([2, 0]);
      const entry = object.metadata.managedFields.find(({ manager }: Loose) => manager === "alice");
      expect(entry).to.include({ operation: "Apply", subresource: "status" });
      expect(entry.fieldsV1).to.deep.equal({ "f:status": { "f:replicas": {} } });
    });

    it("needs a manager's name and a manifest of the object's own kind and version, and judges the result", async () => {
      const options = { patchType: PatchType.APPLY, fieldManager: "alice" };
      const errors = [
        await refusal(settings("", { a: "1" })),
        await refusal(api.patch("ConfigMap", "settings", { apiVersion: "v2", kind: "ConfigMap", data: { a: "1" } }, options)),
        await refusal(api.patch("ConfigMap", "settings", { apiVersion: "v1", kind: "ConfigMap", datum: { a: "1" } }, options)),
        await refusal(api.patch("ConfigMap", "settings", { apiVersion: "v1", data: { a: "1" } }, options)),
        await refusal(api.patch("ConfigMap", "settings", { kind: "ConfigMap", data: { a: "1" } }, options)),
        await refusal(settings("alice", { "not a key": "1" })),
      ];

      for (const error of errors) expect(isInvalid(error) || isBadRequest(error), error.message).to.equal(true);
      expect((await api.list("ConfigMap")).items).to.deep.equal([]);
    });
  });
}
