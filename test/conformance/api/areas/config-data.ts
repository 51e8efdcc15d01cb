import { expect } from "chai";
import { isInvalid, isNotFound } from "../../../../src/api/errors.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What Kubernetes' conformance areas "ConfigMap" and "Secrets" ask of the API. */
export function configData(subject: () => ApiSubject): void {
  describe("configuration as", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    for (const [kind, value] of [
      ["ConfigMap", "first"],
      ["Secret", base64("first")],
    ] as const) {
      it(`a ${kind} has no empty key`, async () => {
        const error = await refusal(api.create(kind, { metadata: { name: "settings" }, data: { "": value } }));

        expect(isInvalid(error), error.message).to.equal(true);
      });

      it(`a ${kind} can be made immutable, for good, in all but its metadata`, async () => {
        await api.create(kind, { metadata: { name: "settings" }, data: { a: value } });
        const change = (alter: (draft: Loose) => void) => api.change(kind, "settings", alter);
        const addTo = (draft: Loose) => Object.assign(draft.data, { b: value });

        await change(addTo);
        await change((draft) => Object.assign(draft, { immutable: true }));
        const errors = [
          await refusal(change((draft) => Object.assign(draft.data, { c: value }))),
          await refusal(change((draft) => Object.assign(draft, { immutable: false }))),
          await refusal(api.patch(kind, "settings", { immutable: null })),
        ];
        const labelled = await change(({ metadata }) => Object.assign(metadata, { labels: { a: "1" } }));
        await api.delete(kind, "settings");

        for (const error of errors) expect(isInvalid(error), error.message).to.equal(true);
        expect(labelled.object.data).to.deep.equal({ a: value, b: value });
        expect(isNotFound(await refusal(api.get(kind, "settings")))).to.equal(true);
      });

      it(`a ${kind} is patched, found by label in all namespaces and deleted as a collection`, async () => {
        const labels = { run: api.namespace };
        await api.create(kind, { metadata: { name: "settings", labels }, data: { a: value } });
        await api.create(kind, { metadata: { name: "others" }, data: { a: value } });

        await api.patch(kind, "settings", { metadata: { labels: { patched: "yes" } }, data: { a: base64("second") } });
        const read = await api.get(kind, "settings");
        const found = await api.list(kind, { namespace: "", labelSelector: `run=${api.namespace},patched=yes` });
        await api.deleteCollection(kind, { labelSelector: `run=${api.namespace}` });
        const left = await api.list(kind);

        expect(read.data).to.deep.equal({ a: base64("second") });
        expect(read.metadata.labels).to.deep.equal({ ...labels, patched: "yes" });
        expect(found.items.map(({ metadata }) => metadata.uid)).to.deep.equal([read.metadata.uid]);
        expect(left.items.map(({ metadata }) => metadata.name)).to.deep.equal(["others"]);
      });
    }

    it("text for a Secret is kept as bytes", async () => {
      const { object } = await api.create("Secret", {
        metadata: { name: "settings" },
        data: { a: base64("data"), b: base64("kept") },
        stringData: { a: "text" },
      });

      expect(object.data).to.deep.equal({ a: base64("text"), b: base64("kept") });
      expect(object).to.not.have.property("stringData");
      expect(object.type).to.equal("Opaque");
    });
  });
}
