import { expect } from "chai";
import { applyCall, ownersOf, replicasOf, webConfiguration } from "../../../test/fakes/apply-calls.js";
import { json, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { ApiError } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { scaleKind } from "../../api/kinds/scale/kind.js";
import { PatchType, UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";

const force = { force: true };

describe("Resources: owners of fields", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch } = resourceCalls(() => api);
  const apply = applyCall(patch);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("ownership", () => {
    it("is shared by those who want the same, and an object keeps a field while one of them does", async () => {
      await apply(deploymentKind, "web", webConfiguration({ replicas: 3, minReadySeconds: 5 }), "one");
      await apply(deploymentKind, "web", replicasOf(3), "two");
      const released = await apply(deploymentKind, "web", webConfiguration(), "one");
      expect([released.spec.replicas, released.spec.minReadySeconds]).to.deep.equal([3, undefined]);
      const gone = await apply(deploymentKind, "web", {}, "two");
      expect(gone.spec.replicas).to.equal(1);
      expect(Object.keys(ownersOf(gone))).to.deep.equal(["one Apply"]);
    });

    it("keeps others from changing a field, field by field, until they force it", async () => {
      await apply(deploymentKind, "web", webConfiguration({ replicas: 3, paused: true }));
      const error = await refusal(apply(deploymentKind, "web", replicasOf(5), "two"));
      expect(error).to.be.instanceOf(ApiError);
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "one": .spec.replicas');
      expect((error as ApiError).causes).to.deep.equal([
        { path: ".spec.replicas", reason: "FieldManagerConflict", message: 'conflict with "one"' },
      ]);
      const both = await refusal(apply(deploymentKind, "web", { spec: { replicas: 5, paused: false } }, "two"));
      expect(both.message).to.equal('Apply failed with 2 conflicts: conflicts with "one":\n- .spec.paused\n- .spec.replicas');

      const forced = await apply(deploymentKind, "web", replicasOf(5), "two", force);
      expect(forced.spec.replicas).to.equal(5);
      expect(ownersOf(forced))
        .to.have.property("two Apply")
        .that.deep.equals({ "f:spec": { "f:replicas": {} } });
      expect(JSON.stringify(ownersOf(forced)["one Apply"])).to.not.contain("replicas");
      expect(await refusal(apply(deploymentKind, "web", webConfiguration({ replicas: 3 }), "one"))).to.include({ reason: "Conflict" });
    });

    it("passes to whoever updates a field, in any other way than by apply", async () => {
      const applied = await apply(deploymentKind, "web", webConfiguration({ replicas: 3 }));
      await patch(deploymentKind, "web", replicasOf(4), { fieldManager: "patcher" });
      const error = await refusal(apply(deploymentKind, "web", webConfiguration({ replicas: 3 })));
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "patcher" using apps/v1: .spec.replicas');
      const leftAlone = await apply(deploymentKind, "web", webConfiguration());
      expect(leftAlone.spec.replicas).to.equal(4);
      const unversioned = makeWhole(deploymentKind, { ...leftAlone, metadata: { ...leftAlone.metadata, resourceVersion: "" } });
      unversioned.spec.replicas = 6;
      const updated = await update(deploymentKind, unversioned);
      expect(ownersOf(updated))
        .to.have.property("admin Update")
        .that.deep.equals({ "f:spec": { "f:replicas": {} } });
      expect(ownersOf(updated)).to.not.have.property("patcher Update");
      expect(ownersOf(applied)).to.have.keys("one Apply");
    });

    it("is of what a creator set, as Kubernetes records it", async () => {
      const created = await create(podKind, podManifest("a", { labels: { x: "1" } }), { fieldManager: "maker" });
      const fields = ownersOf(created)["maker Update"] as { "f:metadata": object; "f:spec": { "f:containers": object } };
      expect(fields["f:metadata"]).to.deep.equal({ "f:labels": { ".": {}, "f:x": {} } });
      expect(Object.keys(fields)).to.deep.equal(["f:metadata", "f:spec"]);
      expect(fields["f:spec"]["f:containers"])
        .to.have.property('k:{"name":"c"}')
        .that.includes.keys(".", "f:image", "f:name", "f:resources");
      const [entry] = created.metadata.managedFields;
      expect([entry?.apiVersion, entry?.fieldsType, entry?.time?.nanos]).to.deep.equal(["v1", "FieldsV1", 0]);
    });

    it("of the status lies with those who write the status, apart from the rest", async () => {
      const whole = await apply(deploymentKind, "web", { ...webConfiguration(), status: { replicas: 7 } });
      expect(ownersOf(whole)["one Apply"]).to.have.keys("f:spec");
      const condition = (type: string, status: string): object => ({ type, status });
      const status = { conditions: [condition("Mine", "True")], observedGeneration: 1 };
      const one = await apply(deploymentKind, "web", { ...webConfiguration({ replicas: 9 }), status }, "one", { subresource: "status" });
      expect([one.spec.replicas, one.status.replicas ?? 0, one.status.conditions.length]).to.deep.equal([1, 0, 1]);
      expect(ownersOf(one)["one Apply/status"]).to.deep.equal({
        "f:status": { "f:conditions": { 'k:{"type":"Mine"}': { ".": {}, "f:status": {}, "f:type": {} } }, "f:observedGeneration": {} },
      });
      const two = await apply(deploymentKind, "web", { status: { conditions: [condition("Theirs", "False")] } }, "two", {
        subresource: "status",
      });
      expect(two.status.conditions.map(({ type }) => type)).to.deep.equal(["Mine", "Theirs"]);
      const left = await apply(deploymentKind, "web", { status: { observedGeneration: 1 } }, "one", { subresource: "status" });
      expect(left.status.conditions.map(({ type }) => type)).to.deep.equal(["Theirs"]);
    });

    it("of replicas follows the scale", async () => {
      await apply(deploymentKind, "web", webConfiguration({ replicas: 3 }));
      const scaleOf = { type: typeOf(deploymentKind), subresource: "scale" };
      await patch(scaleKind, "web", replicasOf(4), { ...scaleOf, fieldManager: "scaler" });
      const scaled = await get(deploymentKind, "web");
      expect(ownersOf(scaled)["scaler Update/scale"]).to.deep.equal({ "f:spec": { "f:replicas": {} } });
      const error = await refusal(apply(deploymentKind, "web", webConfiguration({ replicas: 3 })));
      expect(error.message).to.equal(
        'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using apps/v1: .spec.replicas',
      );
      const refused = await refusal(apply(scaleKind, "web", replicasOf(5), "two", scaleOf));
      expect(refused).to.include({ reason: "Conflict" });
      const applied = await apply(scaleKind, "web", replicasOf(5), "two", { ...scaleOf, ...force });
      expect(applied.spec.replicas).to.equal(5);
      expect(ownersOf(await get(deploymentKind, "web")))
        .to.include.keys("two Apply/scale")
        .and.not.include.keys("scaler Update/scale");
      expect(await refusal(apply(scaleKind, "web", { spec: {} }, "two", scaleOf))).to.include({ reason: "Invalid" });
    });

    it("changes its time with what is owned, and only then", async () => {
      const first = await apply(deploymentKind, "web", webConfiguration({ replicas: 1 }));
      const [entry] = first.metadata.managedFields;
      await patch(deploymentKind, "web", { metadata: { labels: { x: "1" } } }, { fieldManager: "other" });
      const after = await get(deploymentKind, "web");
      expect(after.metadata.managedFields.find(({ manager }) => manager === "one")).to.deep.equal(entry);
    });

    it("begins with the first application where it was not recorded", async () => {
      const lease = (holder: string): object => ({ metadata: { name: "l" }, spec: { holderIdentity: holder, leaseDurationSeconds: 1 } });
      const created = await create(leaseKind, lease("a"), { fieldManager: "maker" });
      expect(created.metadata.managedFields).to.deep.equal([]);
      const error = await refusal(apply(leaseKind, "l", lease("b")));
      expect(error.message).to.equal(
        'Apply failed with 1 conflict: conflict with "before-first-apply" using coordination.k8s.io/v1: .spec.holderIdentity',
      );
      const forced = await apply(leaseKind, "l", lease("b"), "one", force);
      expect(Object.keys(ownersOf(forced))).to.deep.equal(["one Apply", "before-first-apply Update"]);
    });
  });

  describe("moving over from client-side apply", () => {
    const record = "kubectl.kubernetes.io/last-applied-configuration";
    const clientSide = (configuration: object): object => ({
      ...configuration,
      metadata: {
        name: "web",
        annotations: { [record]: JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", ...configuration }) },
      },
    });

    it("takes over what was applied, and removes what is left out", async () => {
      const fieldManager = "howbectl-client-side-apply";
      await create(deploymentKind, clientSide(webConfiguration({ replicas: 3, minReadySeconds: 5 })), { fieldManager });
      const moved = await apply(deploymentKind, "web", webConfiguration({ replicas: 4 }), "howbectl");
      expect([moved.spec.replicas, moved.spec.minReadySeconds]).to.deep.equal([4, undefined]);
      expect(JSON.parse(moved.metadata.annotations[record] ?? "{}").spec.replicas).to.equal(4);
      expect(JSON.stringify(ownersOf(moved)[`${fieldManager} Update`])).to.not.contain("replicas");
    });

    it("does not take over what another has changed since", async () => {
      await create(deploymentKind, clientSide(webConfiguration({ replicas: 3 })), { fieldManager: "howbectl" });
      await patch(deploymentKind, "web", replicasOf(7), { fieldManager: "other" });
      const error = await refusal(apply(deploymentKind, "web", webConfiguration({ replicas: 4 }), "howbectl"));
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "other" using apps/v1: .spec.replicas');
    });

    it("leaves to others what they own as well", async () => {
      await create(deploymentKind, clientSide(webConfiguration({ replicas: 3, minReadySeconds: 5 })), { fieldManager: "other" });
      const moved = await apply(deploymentKind, "web", webConfiguration({ replicas: 4 }), "howbectl");
      expect([moved.spec.replicas, moved.spec.minReadySeconds]).to.deep.equal([4, 5]);
    });

    it("is for those tools alone", async () => {
      await create(deploymentKind, clientSide(webConfiguration({ replicas: 3 })), { fieldManager: "howbectl" });
      expect(await refusal(apply(deploymentKind, "web", webConfiguration({ replicas: 4 }), "other"))).to.include({ reason: "Conflict" });
    });
  });

  describe("the record of owners", () => {
    it("is left as it is by those who do not know it", async () => {
      const applied = await apply(deploymentKind, "web", webConfiguration());
      const ignorant = makeWhole(deploymentKind, { ...applied, metadata: { ...applied.metadata, managedFields: [] } });
      expect(await update(deploymentKind, ignorant)).to.deep.equal(applied);
    });

    const resets: readonly { it: string; ask: () => Promise<unknown> }[] = [
      { it: "an empty list in a merge patch", ask: () => patch(deploymentKind, "web", { metadata: { managedFields: [] } }) },
      { it: "an empty entry in a merge patch", ask: () => patch(deploymentKind, "web", { metadata: { managedFields: [{}] } }) },
      {
        it: "a JSON patch",
        ask: () =>
          patch(deploymentKind, "web", [{ op: "replace", path: "/metadata/managedFields", value: [{}] }], { patchType: PatchType.JSON }),
      },
      {
        it: "an update",
        ask: () => {
          const body = json({ ...webConfiguration(), metadata: { name: "web", managedFields: [] } });
          return api.service.update(UpdateRequest.fromPartial({ ...place(deploymentKind, "web"), body }), api.call());
        },
      },
    ];
    for (const { it: what, ask } of resets) {
      it(`is gone after ${what}, until the next application`, async () => {
        await apply(deploymentKind, "web", webConfiguration());
        await ask();
        expect((await patch(deploymentKind, "web", replicasOf(2))).metadata.managedFields).to.deep.equal([]);
        const applied = await apply(deploymentKind, "web", webConfiguration());
        expect(Object.keys(ownersOf(applied))).to.deep.equal(["one Apply", "before-first-apply Update"]);
      });
    }

    it("is not what a creator says", async () => {
      const managedFields = [{ manager: "x", operation: "Guess" }];
      const created = await create(podKind, podManifest("a", { managedFields }), { fieldManager: "maker" });
      expect(Object.keys(ownersOf(created))).to.deep.equal(["maker Update"]);
    });

    it("may be corrected by hand, if it can be read", async () => {
      const { metadata } = await apply(deploymentKind, "web", webConfiguration());
      const [entry] = metadata.managedFields;
      const entries = (manager: string, operation: string): object => ({
        metadata: {
          managedFields: [
            { manager, operation, apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1: { "f:spec": { "f:paused": {} } } },
          ],
        },
      });
      const wrong = await patch(deploymentKind, "web", entries("x", "Guess"));
      expect(wrong.metadata.managedFields).to.deep.equal([entry]);
      expect(ownersOf(await patch(deploymentKind, "web", entries("x", "Apply")))).to.deep.equal({
        "x Apply": { "f:spec": { "f:paused": {} } },
      });
    });

    it("takes from a message no entry that can't be read, and any other in its one form", async () => {
      const applied = await apply(deploymentKind, "web", webConfiguration());
      const withEntry = (raw: string): typeof applied => {
        const entry = { manager: "x", operation: "Apply", apiVersion: "apps/v1", fieldsType: "FieldsV1", subresource: "" };
        const managedFields = [{ ...entry, fieldsV1: { Raw: Buffer.from(raw) } }];
        return makeWhole(deploymentKind, { ...applied, metadata: { ...applied.metadata, resourceVersion: "", managedFields } });
      };
      expect(await update(deploymentKind, withEntry("[]"))).to.deep.equal(applied);
      const { metadata } = await update(deploymentKind, withEntry('{ "f:spec": { "f:paused": {}, "f:minReadySeconds": {} } }'));
      expect(String(metadata.managedFields[0]?.fieldsV1?.Raw)).to.equal('{"f:spec":{"f:minReadySeconds":{},"f:paused":{}}}');
      expect(metadata.managedFields[0]?.subresource).to.equal(undefined);
    });

    it("remembers ten who updated, and those before as one", async () => {
      await create(podKind, podManifest("a"), { fieldManager: "m0" });
      for (let index = 1; index <= 12; index++) {
        await patch(podKind, "a", { metadata: { labels: { [`l${index}`]: "x" } } }, { fieldManager: `m${index}` });
      }
      const names = Object.keys(ownersOf(await get(podKind, "a")));
      expect(names).to.have.length(10);
      expect(names).to.include("ancient-changes Update");
    });
  });
});
