import { expect } from "chai";
import { isAlreadyExists, isConflict, isInvalid, isNotFound } from "../../../../src/api/errors.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

/** What all objects have in common: names, versions, finalizers, preconditions, generations. */
export function objects(subject: () => ApiSubject): void {
  describe("all objects", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const configMap = async (name: string, metadata: object = {}): Promise<Loose> =>
      (await api.create("ConfigMap", { metadata: { name, ...metadata }, data: { step: "0" } })).object;

    it("are named by the server from a prefix, each differently", async () => {
      const created = await Promise.all(Array.from({ length: 20 }, () => api.create("ConfigMap", { metadata: { generateName: "part-" } })));
      const names = created.map(({ object }) => object.metadata.name as string);

      expect(new Set(names)).to.have.property("size", 20);
      for (const name of names) expect(name).to.match(/^part-[a-z0-9]{5}$/);
    });

    it("are another each time that there is one of the name, and never two at once", async () => {
      const first = await configMap("one");
      const taken = await refusal(configMap("one"));
      await api.delete("ConfigMap", "one");
      const second = await configMap("one");

      expect(isAlreadyExists(taken), taken.message).to.equal(true);
      expect(second.metadata.uid).to.not.equal(first.metadata.uid);
    });

    it("are updated by who has read their last version, or says of none", async () => {
      const read = await configMap("one");
      const unversioned = { ...read, metadata: { ...read.metadata, resourceVersion: undefined } };

      await api.update("ConfigMap", { ...read, data: { step: "1" } });
      const stale = await refusal(api.update("ConfigMap", { ...read, data: { step: "2" } }));
      const blind = await api.update("ConfigMap", { ...unversioned, data: { step: "3" } });
      const other = { ...unversioned, metadata: { ...unversioned.metadata, uid: "00000000-0000-0000-0000-000000000000" } };
      const ofAnother = await refusal(api.update("ConfigMap", other));
      const absent = await refusal(api.update("ConfigMap", { ...read, metadata: { ...unversioned.metadata, name: "absent" } }));

      for (const error of [stale, ofAnother]) expect(isConflict(error), error.message).to.equal(true);
      expect(blind.object.data.step).to.equal("3");
      expect(isNotFound(absent), absent.message).to.equal(true);
    });

    it("keep what no client may change", async () => {
      const read = await configMap("one");
      const { uid, creationTimestamp, namespace, name } = read.metadata;

      const { object } = await api.update("ConfigMap", {
        ...read,
        metadata: { name, annotations: { seen: "yes" }, creationTimestamp: "2001-01-01T00:00:00Z", generation: 9, selfLink: "/x" },
      });

      expect(object.metadata).to.include({ uid, creationTimestamp, namespace });
      expect(object.metadata).to.not.have.any.keys("selfLink", "generation");
    });

    it("that are held by finalizers are marked, take no more of them, and go when the last is removed", async () => {
      await configMap("held", { finalizers: ["example.com/a", "example.com/b"] });

      const { object: marked, deleted } = await api.delete("ConfigMap", "held");
      const more = { metadata: { finalizers: ["example.com/a", "example.com/b", "example.com/c"] } };
      const refused = await refusal(api.patch("ConfigMap", "held", more));
      const still = await api.patch("ConfigMap", "held", { metadata: { finalizers: ["example.com/b"] }, data: { step: "1" } });
      const taken = await refusal(configMap("held"));
      await api.patch("ConfigMap", "held", { metadata: { finalizers: null } });

      expect(deleted).to.equal(false);
      expect(marked.metadata).to.include.keys("deletionTimestamp", "deletionGracePeriodSeconds");
      expect(isInvalid(refused), refused.message).to.equal(true);
      expect(still.object.metadata.deletionTimestamp).to.equal(marked.metadata.deletionTimestamp);
      expect(isAlreadyExists(taken), taken.message).to.equal(true);
      expect(isNotFound(await refusal(api.get("ConfigMap", "held")))).to.equal(true);
    });

    it("are deleted only if they are who and what the deletion says", async () => {
      const { metadata } = await configMap("one");
      const { uid, resourceVersion } = metadata;
      const changed = await api.patch("ConfigMap", "one", { data: { step: "1" } });

      const errors = [
        await refusal(api.delete("ConfigMap", "one", { preconditions: { uid: "another" } })),
        await refusal(api.delete("ConfigMap", "one", { preconditions: { resourceVersion } })),
        await refusal(api.delete("ConfigMap", "one", { preconditions: { uid, resourceVersion } })),
      ];
      const present = { uid, resourceVersion: changed.object.metadata.resourceVersion };
      const { deleted } = await api.delete("ConfigMap", "one", { preconditions: present });

      for (const error of errors) expect(isConflict(error), error.message).to.equal(true);
      expect(deleted).to.equal(true);
    });

    it("count the generations of what is wanted of them, not of what is known", async () => {
      const spec = { replicas: 0, selector: { matchLabels: { app: "web" } }, template: podTemplate({ app: "web" }) };
      const { object } = await api.create("StatefulSet", { metadata: { name: "web" }, spec: { ...spec, serviceName: "web" } });

      const labelled = await api.patch("StatefulSet", "web", { metadata: { labels: { a: "1" } } });
      const scaled = await api.patch("StatefulSet", "web", { spec: { replicas: 1 } });
      const observed = await api.patch("StatefulSet", "web", { status: { replicas: 1 } }, { subresource: "status" });

      const generations = [object, labelled.object, scaled.object, observed.object].map(({ metadata }) => metadata.generation);
      expect(generations).to.deep.equal([1, 1, 2, 2]);
    });

    it("are refused for all that is wrong with them at once", async () => {
      const error = await refusal(
        api.create("Pod", {
          metadata: { name: "Not_A_Name", labels: { "-": "x" } },
          spec: { containers: [{ name: "a", image: "busybox:1" }, { name: "a" }] },
        }),
      );

      expect(isInvalid(error), error.message).to.equal(true);
      for (const path of ["metadata.name", "metadata.labels", "spec.containers[1].name", "spec.containers[1].image"]) {
        expect(error.message).to.contain(path);
      }
    });

    it("are deleted together by label, by field, or all in a namespace, and in no other", async () => {
      const other = await subject().fresh();
      for (const at of [api, other]) {
        for (const [name, team] of Object.entries({ one: "a", two: "a", three: "b", four: "c" })) {
          for (const kind of ["ConfigMap", "Secret"]) await at.create(kind, { metadata: { name, labels: { team } } });
          await at.create("Pod", { metadata: { name, labels: { team } }, spec: podTemplate({}).spec });
        }
      }
      const left = async (kind: string, at: JsonApi = api) => (await at.list(kind)).items.map(({ metadata }) => metadata.name);

      for (const kind of ["ConfigMap", "Secret", "Pod"]) {
        const gone = await api.deleteCollection(kind, { labelSelector: "team in (a)" });
        expect(gone.map(({ metadata }) => metadata.name)).to.have.members(["one", "two"]);
        expect(await left(kind)).to.deep.equal(["four", "three"]);
        await api.deleteCollection(kind, { fieldSelector: "metadata.name=three" });
        expect(await left(kind)).to.deep.equal(["four"]);
        await api.deleteCollection(kind);
        expect(await left(kind)).to.deep.equal([]);
        expect(await left(kind, other)).to.have.length(4);
      }
    });
  });
}
