import { expect } from "chai";
import { deploymentManifest, json, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { unpackAny } from "../../api/codec/any.js";
import { makeWhole } from "../../api/codec/whole.js";
import type { Reason } from "../../api/errors.js";
import { isConflict } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { scaleKind } from "../../api/kinds/scale/kind.js";
import type { Whole } from "../../api/object.js";
import { PatchType, UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";

describe("Resources", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("update", () => {
    it("refuses a stale resourceVersion, and takes a write without one", async () => {
      const first = await create(podKind, podManifest("a"));
      await patch(podKind, "a", { metadata: { labels: { x: "1" } } });
      const error = await refusal(update(podKind, first));
      expect(isConflict(error)).to.equal(true);
      expect(error.message).to.equal(
        'Operation cannot be fulfilled on pods "a": the object has been modified; please apply your changes to the latest version and try again',
      );
      const unconditional = makeWhole(podKind, { ...first, metadata: { ...first.metadata, resourceVersion: "", labels: { y: "2" } } });
      expect((await update(podKind, unconditional)).metadata.labels).to.deep.equal({ y: "2" });
    });

    it("does not write what changes nothing", async () => {
      const pod = await create(podKind, podManifest("a"));
      expect((await update(podKind, pod)).metadata.resourceVersion).to.equal(pod.metadata.resourceVersion);
      expect((await patch(podKind, "a", {})).metadata.resourceVersion).to.equal(pod.metadata.resourceVersion);
    });

    it("keeps status and spec writes apart, and counts generations of the spec alone", async () => {
      const created = await create(deploymentKind, deploymentManifest("web"));
      const mixed = makeWhole(deploymentKind, {
        ...created,
        spec: { ...created.spec, replicas: 5 },
        status: { replicas: 1, readyReplicas: 1 },
      });

      const byStatus = await update(deploymentKind, mixed, "status");
      expect([byStatus.spec.replicas, byStatus.status.readyReplicas, byStatus.metadata.generation]).to.deep.equal([2, 1, 1]);
      const bySpec = await update(
        deploymentKind,
        makeWhole(deploymentKind, { ...mixed, metadata: byStatus.metadata, status: { readyReplicas: 9 } }),
      );
      expect([bySpec.spec.replicas, bySpec.status.readyReplicas, bySpec.metadata.generation]).to.deep.equal([5, 1, 2]);
    });

    it("takes annotations with a status from whoever says which version they have read, and no other metadata", async () => {
      const created = await create(deploymentKind, deploymentManifest("web"));
      const metadata = { ...created.metadata, annotations: { seen: "yes" }, labels: { seen: "yes" }, finalizers: ["example.com/seen"] };

      const versioned = await update(deploymentKind, makeWhole(deploymentKind, { ...created, metadata }), "status");
      const unconditional = { ...metadata, resourceVersion: "", annotations: { stale: "yes" } };
      const blind = await update(deploymentKind, makeWhole(deploymentKind, { ...created, metadata: unconditional }), "status");

      for (const { metadata: after } of [versioned, blind]) {
        expect(after.annotations).to.deep.equal({ seen: "yes" });
        expect(after.labels).to.deep.equal(created.metadata.labels);
        expect(after.finalizers).to.deep.equal([]);
      }
    });

    it("changes neither spec nor labels, owners or finalizers by a status write", async () => {
      const created = await create(deploymentKind, deploymentManifest("web"));
      const ownerReferences = [{ apiVersion: "v1", kind: "Pod", name: "a", uid: "u" }];
      const more = { labels: { x: "1" }, ownerReferences, finalizers: ["example.com/hold"] };
      const sent = makeWhole(deploymentKind, { ...created, metadata: { ...created.metadata, ...more } });
      expect(await update(deploymentKind, sent, "status")).to.deep.equal(created);
      expect(await patch(deploymentKind, "web", { metadata: more, spec: { replicas: 9 } }, { subresource: "status" })).to.deep.equal(
        created,
      );
    });

    it("refuses another uid", async () => {
      const pod = await create(podKind, podManifest("a"));
      const other = makeWhole(podKind, { ...pod, metadata: { ...pod.metadata, resourceVersion: "", uid: "other" } });
      expect(isConflict(await refusal(update(podKind, other)))).to.equal(true);
    });

    it("scales", async () => {
      await create(deploymentKind, deploymentManifest("web"));
      const request = UpdateRequest.fromPartial({ ...place(deploymentKind, "web"), subresource: "scale" });
      const scale = (replicas: number) =>
        api.service.update({ ...request, body: json({ apiVersion: "autoscaling/v1", kind: "Scale", spec: { replicas } }) }, api.call());

      const answer: Whole<Scale> = unpackAny(scaleKind, (await scale(4)).object);
      expect([answer.spec.replicas, answer.status.selector]).to.deep.equal([4, "app=web"]);
      expect((await get(deploymentKind, "web")).spec.replicas).to.equal(4);
      expect(await refusal(scale(-1))).to.include({ reason: "Invalid" });
      const patched = await patch(scaleKind, "web", { spec: { replicas: 6 } }, { type: typeOf(deploymentKind), subresource: "scale" });
      expect(patched.spec.replicas).to.equal(6);
    });
  });

  describe("patch", () => {
    const patches: readonly { it: string; type: PatchType; body: unknown; labels: object; images: readonly string[] }[] = [
      {
        it: "JSON",
        type: PatchType.JSON,
        body: [{ op: "add", path: "/metadata/labels/b", value: "2" }],
        labels: { a: "1", b: "2" },
        images: ["busybox:1"],
      },
      {
        it: "merge",
        type: PatchType.MERGE,
        body: { metadata: { labels: { a: null, b: "2" } } },
        labels: { b: "2" },
        images: ["busybox:1"],
      },
      {
        it: "strategic",
        type: PatchType.STRATEGIC_MERGE,
        body: { spec: { containers: [{ name: "c", image: "busybox:2" }] } },
        labels: { a: "1" },
        images: ["busybox:2"],
      },
    ];
    for (const { it: language, type, body, labels, images } of patches) {
      it(`applies a ${language} patch`, async () => {
        await create(podKind, podManifest("a", { labels: { a: "1" } }));
        const pod = await patch(podKind, "a", body, { patchType: type });
        expect(pod.metadata.labels).to.deep.equal(labels);
        expect(pod.spec.containers.map(({ image }) => image)).to.deep.equal(images);
      });
    }

    it("refuses a language that is not known, and force where nothing is applied", async () => {
      await create(podKind, podManifest("a"));
      expect(await refusal(patch(podKind, "a", {}, { patchType: PatchType.UNSPECIFIED }))).to.include({ reason: "BadRequest" });
      expect(await refusal(patch(podKind, "a", {}, { force: true }))).to.include({ reason: "BadRequest" });
    });

    it("applies all of a JSON patch or nothing", async () => {
      const before = await create(podKind, podManifest("a", { labels: { a: "1" } }));
      const operations = [
        { op: "add", path: "/metadata/labels/b", value: "2" },
        { op: "test", path: "/metadata/labels/a", value: "other" },
      ];
      const error = await refusal(patch(podKind, "a", operations, { patchType: PatchType.JSON }));
      expect(error).to.include({ reason: "Invalid" });
      expect(error.message).to.contain("testing value /metadata/labels/a failed");
      expect(await get(podKind, "a")).to.deep.equal(before);
    });

    it("loses none of fifty concurrent patches", async () => {
      await create(podKind, podManifest("a"));
      await Promise.all(Array.from({ length: 50 }, (_, index) => patch(podKind, "a", { metadata: { labels: { [`l${index}`]: "x" } } })));
      expect(Object.keys((await get(podKind, "a")).metadata.labels)).to.have.length(50);
    });

    it("means the resourceVersion that it names", async () => {
      const pod = await create(podKind, podManifest("a"));
      await patch(podKind, "a", { metadata: { labels: { x: "1" } } });
      const stale = { metadata: { resourceVersion: pod.metadata.resourceVersion, labels: { x: "2" } } };
      expect(isConflict(await refusal(patch(podKind, "a", stale)))).to.equal(true);
    });

    const bad: readonly { it: string; body: unknown; reason: Reason; message: string }[] = [
      { it: "an unknown field", body: { spec: { foo: 1 } }, reason: "Invalid", message: 'strict decoding error: unknown field "spec.foo"' },
      { it: "a change of name", body: { metadata: { name: "b" } }, reason: "BadRequest", message: "does not match the name" },
      { it: "a name taken away", body: { metadata: { name: null } }, reason: "BadRequest", message: "name must be provided" },
      { it: "another kind", body: { kind: "Pod" }, reason: "BadRequest", message: "does not match the expected kind (Deployment)" },
      { it: "another version", body: { apiVersion: "apps/v2" }, reason: "BadRequest", message: "expected API version (apps/v1)" },
      { it: "another namespace", body: { metadata: { namespace: "kube-system" } }, reason: "BadRequest", message: "namespace" },
      { it: "another uid", body: { metadata: { uid: "other" } }, reason: "Conflict", message: "UID in precondition: other" },
      { it: "a value of a wrong type", body: { spec: { replicas: "x" } }, reason: "Invalid", message: "spec.replicas: Invalid value" },
      { it: "a list", body: [], reason: "BadRequest", message: "the patch must be a JSON object" },
      { it: "a negative count", body: { spec: { replicas: -1 } }, reason: "Invalid", message: "spec.replicas: Invalid value: -1" },
    ];
    for (const { it: what, body, reason, message } of bad) {
      it(`refuses ${what}`, async () => {
        const before = await create(deploymentKind, deploymentManifest("web"));
        const error = await refusal(patch(deploymentKind, "web", body));
        expect(error).to.include({ reason });
        expect(error.message).to.contain(message);
        expect(await get(deploymentKind, "web")).to.deep.equal(before);
      });
    }
  });
});
