import { expect } from "chai";
import { isBadRequest } from "../../../../src/api/errors.js";
import { FieldValidation, PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";

const template = '{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"busybox:1","imagePolicy":"x"}]}}';
/** An unknown field at each depth and one that is there twice. */
const deploymentText = (name: string): string =>
  `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"${name}","unknownMeta":1},"spec":{"replicas":1,"replicas":2,"foo":"bar","selector":{"matchLabels":{"app":"web"}},"template":${template}}}`;
const complaints = [
  'unknown field "metadata.unknownMeta"',
  'unknown field "spec.foo"',
  'unknown field "spec.template.spec.containers[0].imagePolicy"',
];
const duplicate = 'duplicate field "spec.replicas"';

/** Kubernetes' conformance area "FieldValidation", for built-in kinds. */
export function fieldValidation(subject: () => ApiSubject): void {
  describe("field validation", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    it("refuses unknown and duplicate fields when strict, all of them in one answer", async () => {
      const error = await refusal(api.create("Deployment", deploymentText("web"), { fieldValidation: FieldValidation.STRICT }));

      expect(isBadRequest(error), error.message).to.equal(true);
      for (const complaint of [...complaints, duplicate]) expect(error.message).to.contain(complaint);
      expect((await api.list("Deployment")).items).to.have.length(0);
    });

    it("drops them and says so when warning", async () => {
      const { object, warnings } = await api.create("Deployment", deploymentText("web"), { fieldValidation: FieldValidation.WARN });

      expect([...warnings].sort()).to.deep.equal([...complaints, duplicate].sort());
      expect(object.spec.replicas).to.equal(2);
      expect(object.spec).to.not.have.property("foo");
    });

    it("drops them without a word when told to ignore them", async () => {
      const { object, warnings } = await api.create("Deployment", deploymentText("web"), { fieldValidation: FieldValidation.IGNORE });

      expect(warnings).to.deep.equal([]);
      expect(object.spec.replicas).to.equal(2);
    });

    it("holds for updates and for every kind of patch", async () => {
      const { object } = await api.create("Deployment", deploymentText("web"), { fieldValidation: FieldValidation.IGNORE });
      const wrong = { ...object, spec: { ...object.spec, foo: "bar" } };
      const patches = [
        { patchType: PatchType.MERGE, patch: { spec: { foo: "bar" } } },
        { patchType: PatchType.STRATEGIC_MERGE, patch: { spec: { foo: "bar" } } },
        { patchType: PatchType.JSON, patch: [{ op: "add", path: "/spec/foo", value: "bar" }] },
      ];

      const update = await refusal(api.update("Deployment", wrong));
      expect(update.message).to.contain('unknown field "spec.foo"');
      expect((await api.update("Deployment", wrong, { fieldValidation: FieldValidation.WARN })).warnings).to.deep.equal([
        'unknown field "spec.foo"',
      ]);
      for (const { patchType, patch } of patches) {
        const error = await refusal(api.patch("Deployment", "web", patch, { patchType }));
        expect(error.message, PatchType[patchType]).to.contain('unknown field "spec.foo"');
        const warned = await api.patch("Deployment", "web", patch, { patchType, fieldValidation: FieldValidation.WARN });
        expect(warned.warnings, PatchType[patchType]).to.deep.equal(['unknown field "spec.foo"']);
      }
    });

    it("refuses unknown fields of metadata, at the root and in a template", async () => {
      const pod = { metadata: { name: "web", unknownMeta: 1 }, spec: { containers: [{ name: "web", image: "busybox:1" }] } };
      const set = {
        metadata: { name: "web" },
        spec: {
          selector: { matchLabels: { app: "web" } },
          template: { metadata: { labels: { app: "web" }, embedded: 1 }, spec: pod.spec },
        },
      };

      expect((await refusal(api.create("Pod", pod))).message).to.contain('unknown field "metadata.unknownMeta"');
      expect((await refusal(api.create("ReplicaSet", set))).message).to.contain('unknown field "spec.template.metadata.embedded"');
    });
  });
}
