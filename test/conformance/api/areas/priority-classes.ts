import { expect } from "chai";
import { isForbidden, isInvalid, isNotFound } from "../../../../src/api/errors.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

/** Kubernetes' conformance area "PriorityClass endpoints", and what pods get of their class. */
export function priorityClasses(subject: () => ApiSubject): void {
  describe("priority classes", () => {
    let api: JsonApi;
    let name: string;

    beforeEach(async () => {
      api = await subject().fresh();
      name = `class-${api.namespace}`;
      await api.create("PriorityClass", { metadata: { name, labels: { run: name } }, value: 1_000, description: "first" });
    });
    afterEach(async () => {
      await api.deleteCollection("PriorityClass", { labelSelector: `run=${name}` });
    });

    it("can be listed, read, and changed in what may change", async () => {
      const { items } = await api.list("PriorityClass", { labelSelector: `run=${name}` });
      const patched = await api.patch("PriorityClass", name, { description: "second" });
      const updated = await api.change("PriorityClass", name, (draft) => {
        draft.description = "third";
      });

      expect(items.map((item) => [item.metadata.name, item.value])).to.deep.equal([[name, 1_000]]);
      expect([patched.object.description, updated.object.description]).to.deep.equal(["second", "third"]);
      expect((await api.get("PriorityClass", name)).description).to.equal("third");
    });

    it("refuse to change what pods were admitted by", async () => {
      const errors = [
        await refusal(api.patch("PriorityClass", name, { value: 2_000 })),
        await refusal(
          api.change("PriorityClass", name, (draft) => {
            draft.value = 2_000;
          }),
        ),
        await refusal(api.patch("PriorityClass", name, { preemptionPolicy: "Never" })),
      ];

      for (const error of errors) expect(isInvalid(error), error.message).to.equal(true);
      expect((await api.get("PriorityClass", name)).value).to.equal(1_000);
    });

    it("say how important the pods are that name them", async () => {
      const spec = podTemplate({}).spec;
      const { object } = await api.create("Pod", { metadata: { name: "important" }, spec: { ...spec, priorityClassName: name } });
      const plain = await api.create("Pod", { metadata: { name: "plain" }, spec });
      const unknown = await refusal(api.create("Pod", { metadata: { name: "lost" }, spec: { ...spec, priorityClassName: "no-such" } }));

      expect(object.spec).to.include({ priority: 1_000, preemptionPolicy: "PreemptLowerPriority" });
      expect(plain.object.spec.priority).to.equal(0);
      expect(isForbidden(unknown), unknown.message).to.equal(true);
    });

    it("are deleted as a collection, by label", async () => {
      await api.deleteCollection("PriorityClass", { labelSelector: `run=${name}` });

      expect(isNotFound(await refusal(api.get("PriorityClass", name)))).to.equal(true);
      expect((await api.list("PriorityClass")).items.map(({ metadata }) => metadata.name)).to.include("system-node-critical");
    });
  });
}
