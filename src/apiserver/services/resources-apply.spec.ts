import { expect } from "chai";
import { deploymentManifest, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { unpackAny } from "../../api/codec/any.js";
import { makeWhole } from "../../api/codec/whole.js";
import { ApiError } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { FieldValidation, PatchRequest, PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import { scaleKind } from "./scale.js";

/** Who owns what, as "manager operation[/subresource]" → FieldsV1. */
function owners({ metadata }: Whole<ApiObject>): Record<string, unknown> {
  return Object.fromEntries(
    metadata.managedFields.map(({ manager, operation, subresource, fieldsV1 }) => [
      `${manager} ${operation}${subresource === undefined ? "" : `/${subresource}`}`,
      JSON.parse(Buffer.from(fieldsV1?.Raw ?? "").toString()),
    ]),
  );
}

describe("Resources: server-side apply", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch, remove } = resourceCalls(() => api);
  const apply = <T extends ApiObject>(
    kind: Kind<T>,
    name: string,
    configuration: unknown,
    manager = "one",
    more: Partial<PatchRequest> = {},
  ): Promise<Whole<T>> => patch(kind, name, configuration, { patchType: PatchType.APPLY, fieldManager: manager, ...more });
  const force = { force: true };

  const container = (image: string, more: object = {}): object => ({ name: "c", image, ...more });
  const web = (more: object = {}, containers: readonly object[] = [container("a:1")], labels: object = { app: "web" }): object => ({
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels }, spec: { containers } },
      ...more,
    },
  });
  const imageOf = ({ spec }: Whole<Deployment>): string | undefined => spec.template?.spec?.containers[0]?.image;
  const replicas = (count: number): object => ({ spec: { replicas: count } });

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("creating", () => {
    it("makes an object that is absent, with defaults that nobody owns", async () => {
      const created = await apply(deploymentKind, "web", web());

      expect(created.spec.replicas).to.equal(1);
      expect(owners(created)).to.deep.equal({
        "one Apply": {
          "f:spec": {
            "f:selector": {},
            "f:template": {
              "f:metadata": { "f:labels": { "f:app": {} } },
              "f:spec": { "f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {}, "f:name": {} } } },
            },
          },
        },
      });
    });

    it("takes the name from the request, and YAML as well as JSON", async () => {
      const request = PatchRequest.fromPartial({ ...place(podKind, "a"), patchType: PatchType.APPLY, fieldManager: "one" });
      const yaml = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {name: c, image: busybox}\n";
      const { object } = await api.service.patch({ ...request, patch: Buffer.from(yaml) }, api.call());
      expect(unpackAny(podKind, object).metadata.name).to.equal("a");
    });

    it("stores nothing in a dry run, neither anew nor over what is there", async () => {
      await apply(deploymentKind, "web", web(), "one", { dryRun: true });
      expect(await refusal(get(deploymentKind, "web"))).to.include({ reason: "NotFound" });
      const before = await apply(deploymentKind, "web", web());
      const dry = await apply(deploymentKind, "web", web({ replicas: 3 }), "one", { dryRun: true });
      expect(dry.spec.replicas).to.equal(3);
      expect(await get(deploymentKind, "web")).to.deep.equal(before);
    });

    it("writes nothing when it changes nothing", async () => {
      const first = await apply(deploymentKind, "web", web());
      expect(await apply(deploymentKind, "web", web())).to.deep.equal(first);
    });

    it("does not create by a subresource", async () => {
      const error = await refusal(apply(deploymentKind, "web", { status: { replicas: 1 } }, "one", { subresource: "status" }));
      expect(error).to.include({ reason: "NotFound" });
    });
  });

  describe("ownership", () => {
    it("is shared by those who want the same, and an object keeps a field while one of them does", async () => {
      await apply(deploymentKind, "web", web({ replicas: 3, minReadySeconds: 5 }), "one");
      await apply(deploymentKind, "web", replicas(3), "two");
      const released = await apply(deploymentKind, "web", web(), "one");
      expect([released.spec.replicas, released.spec.minReadySeconds]).to.deep.equal([3, undefined]);
      const gone = await apply(deploymentKind, "web", {}, "two");
      expect(gone.spec.replicas).to.equal(1);
      expect(Object.keys(owners(gone))).to.deep.equal(["one Apply"]);
    });

    it("keeps others from changing a field, field by field, until they force it", async () => {
      await apply(deploymentKind, "web", web({ replicas: 3, paused: true }));
      const error = await refusal(apply(deploymentKind, "web", replicas(5), "two"));
      expect(error).to.be.instanceOf(ApiError);
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "one": .spec.replicas');
      expect((error as ApiError).causes).to.deep.equal([
        { path: ".spec.replicas", reason: "FieldManagerConflict", message: 'conflict with "one"' },
      ]);
      const both = await refusal(apply(deploymentKind, "web", { spec: { replicas: 5, paused: false } }, "two"));
      expect(both.message).to.equal('Apply failed with 2 conflicts: conflicts with "one":\n- .spec.paused\n- .spec.replicas');

      const forced = await apply(deploymentKind, "web", replicas(5), "two", force);
      expect(forced.spec.replicas).to.equal(5);
      expect(owners(forced))
        .to.have.property("two Apply")
        .that.deep.equals({ "f:spec": { "f:replicas": {} } });
      expect(JSON.stringify(owners(forced)["one Apply"])).to.not.contain("replicas");
      expect(await refusal(apply(deploymentKind, "web", web({ replicas: 3 }), "one"))).to.include({ reason: "Conflict" });
    });

    it("passes to whoever updates a field, in any other way than by apply", async () => {
      const applied = await apply(deploymentKind, "web", web({ replicas: 3 }));
      await patch(deploymentKind, "web", replicas(4), { fieldManager: "patcher" });
      const error = await refusal(apply(deploymentKind, "web", web({ replicas: 3 })));
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "patcher" using apps/v1: .spec.replicas');
      const leftAlone = await apply(deploymentKind, "web", web());
      expect(leftAlone.spec.replicas).to.equal(4);
      const unversioned = makeWhole(deploymentKind, { ...leftAlone, metadata: { ...leftAlone.metadata, resourceVersion: "" } });
      unversioned.spec.replicas = 6;
      const updated = await update(deploymentKind, unversioned);
      expect(owners(updated))
        .to.have.property("admin Update")
        .that.deep.equals({ "f:spec": { "f:replicas": {} } });
      expect(owners(updated)).to.not.have.property("patcher Update");
      expect(owners(applied)).to.have.keys("one Apply");
    });

    it("is of what a creator set, as Kubernetes records it", async () => {
      const created = await create(podKind, podManifest("a", { labels: { x: "1" } }), { fieldManager: "maker" });
      const fields = owners(created)["maker Update"] as { "f:metadata": object; "f:spec": { "f:containers": object } };
      expect(fields["f:metadata"]).to.deep.equal({ "f:labels": { ".": {}, "f:x": {} } });
      expect(Object.keys(fields)).to.deep.equal(["f:metadata", "f:spec"]);
      expect(fields["f:spec"]["f:containers"])
        .to.have.property('k:{"name":"c"}')
        .that.includes.keys(".", "f:image", "f:name", "f:resources");
      const [entry] = created.metadata.managedFields;
      expect([entry?.apiVersion, entry?.fieldsType, entry?.time?.nanos]).to.deep.equal(["v1", "FieldsV1", 0]);
    });

    it("of the status lies with those who write the status, apart from the rest", async () => {
      await apply(deploymentKind, "web", { ...web(), status: { replicas: 7 } });
      const condition = (type: string, status: string): object => ({ type, status });
      const status = { conditions: [condition("Mine", "True")], observedGeneration: 1 };
      const one = await apply(deploymentKind, "web", { ...web({ replicas: 9 }), status }, "one", { subresource: "status" });
      expect([one.spec.replicas, one.status.replicas ?? 0, one.status.conditions.length]).to.deep.equal([1, 0, 1]);
      expect(owners(one)["one Apply/status"]).to.deep.equal({
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
      await apply(deploymentKind, "web", web({ replicas: 3 }));
      const scaleOf = { type: typeOf(deploymentKind), subresource: "scale" };
      await patch(scaleKind, "web", replicas(4), { ...scaleOf, fieldManager: "scaler" });
      const scaled = await get(deploymentKind, "web");
      expect(owners(scaled)["scaler Update/scale"]).to.deep.equal({ "f:spec": { "f:replicas": {} } });
      const error = await refusal(apply(deploymentKind, "web", web({ replicas: 3 })));
      expect(error.message).to.equal(
        'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using apps/v1: .spec.replicas',
      );
      const refused = await refusal(apply(scaleKind, "web", replicas(5), "two", scaleOf));
      expect(refused).to.include({ reason: "Conflict" });
      const applied = await apply(scaleKind, "web", replicas(5), "two", { ...scaleOf, ...force });
      expect(applied.spec.replicas).to.equal(5);
      expect(owners(await get(deploymentKind, "web")))
        .to.include.keys("two Apply/scale")
        .and.not.include.keys("scaler Update/scale");
      expect(await refusal(apply(scaleKind, "web", { spec: {} }, "two", scaleOf))).to.include({ reason: "Invalid" });
    });

    it("changes its time with what is owned, and only then", async () => {
      const first = await apply(deploymentKind, "web", web({ replicas: 1 }));
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
      expect(Object.keys(owners(forced))).to.deep.equal(["one Apply", "before-first-apply Update"]);
    });
  });

  describe("lists and maps", () => {
    it("loses an item that its manager leaves out, and keeps others' items and their order", async () => {
      const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, image: `${name}:1` }));
      const mine = (...containers: (object | undefined)[]): object =>
        web(
          {},
          containers.filter((each) => each !== undefined),
        );
      await apply(deploymentKind, "web", mine(a, b));
      const both = await apply(deploymentKind, "web", { spec: { template: { spec: { containers: [c] } } } }, "two");
      const namesOf = ({ spec }: Whole<Deployment>): string[] => (spec.template?.spec?.containers ?? []).map(({ name = "" }) => name);
      expect(namesOf(both)).to.deep.equal(["a", "b", "c"]);
      expect(namesOf(await apply(deploymentKind, "web", mine(b)))).to.deep.equal(["b", "c"]);
    });

    it("takes an item's key with its default", async () => {
      const port = (more: object): object => web({}, [container("a:1", { ports: [{ containerPort: 80, ...more }] })]);
      await apply(deploymentKind, "web", port({}));
      const named = await apply(deploymentKind, "web", port({ protocol: "TCP", name: "http" }));
      expect(named.spec.template?.spec?.containers[0]?.ports).to.have.length(1);
    });

    it("unites sets and labels, of which each manager has its own", async () => {
      const meta = (finalizer: string, label: string): object => ({ metadata: { finalizers: [finalizer], labels: { [label]: "1" } } });
      await apply(podKind, "a", { ...podManifest("a"), ...meta("x.io/one", "one") });
      const both = await apply(podKind, "a", meta("x.io/two", "two"), "two");
      expect([both.metadata.finalizers, both.metadata.labels]).to.deep.equal([["x.io/one", "x.io/two"], { one: "1", two: "1" }]);
      const one = await apply(podKind, "a", { ...podManifest("a"), ...meta("x.io/two", "two") }, "one");
      expect([one.metadata.finalizers, one.metadata.labels]).to.deep.equal([["x.io/two"], { two: "1" }]);
      await patch(podKind, "a", { metadata: { finalizers: null } });
    });

    it("takes what is atomic as one", async () => {
      await apply(podKind, "a", { ...podManifest("a"), spec: { containers: [container("a:1", { args: ["x", "y"] })] } });
      const other = { spec: { containers: [{ name: "c", args: ["y"] }] } };
      const error = await refusal(apply(podKind, "a", other, "two"));
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "one": .spec.containers[name="c"].args');
    });

    it("does not take equal quantities for different", async () => {
      const cpu = (amount: string): object => web({}, [container("a:1", { resources: { limits: { cpu: amount } } })]);
      await apply(deploymentKind, "web", cpu("500m"));
      expect(imageOf(await apply(deploymentKind, "web", cpu("0.5"), "two"))).to.equal("a:1");
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
      await create(deploymentKind, clientSide(web({ replicas: 3, minReadySeconds: 5 })), { fieldManager: "howbectl" });
      const moved = await apply(deploymentKind, "web", web({ replicas: 4 }), "howbectl");
      expect([moved.spec.replicas, moved.spec.minReadySeconds]).to.deep.equal([4, undefined]);
      expect(JSON.parse(moved.metadata.annotations[record] ?? "{}").spec.replicas).to.equal(4);
      expect(JSON.stringify(owners(moved)["howbectl Update"])).to.not.contain("replicas");
    });

    it("does not take over what another has changed since", async () => {
      await create(deploymentKind, clientSide(web({ replicas: 3 })), { fieldManager: "howbectl" });
      await patch(deploymentKind, "web", replicas(7), { fieldManager: "other" });
      const error = await refusal(apply(deploymentKind, "web", web({ replicas: 4 }), "howbectl"));
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "other" using apps/v1: .spec.replicas');
    });

    it("is for those tools alone", async () => {
      await create(deploymentKind, clientSide(web({ replicas: 3 })), { fieldManager: "howbectl" });
      expect(await refusal(apply(deploymentKind, "web", web({ replicas: 4 }), "other"))).to.include({ reason: "Conflict" });
    });
  });

  describe("the record of owners", () => {
    it("is left as it is by those who do not know it, and cleared by those who ask for it", async () => {
      const applied = await apply(deploymentKind, "web", web());
      const ignorant = makeWhole(deploymentKind, { ...applied, metadata: { ...applied.metadata, managedFields: [] } });
      expect(await update(deploymentKind, ignorant)).to.deep.equal(applied);
      for (const managedFields of [[], [{}]]) {
        await apply(deploymentKind, "web", web());
        const cleared = await patch(deploymentKind, "web", { metadata: { managedFields } });
        expect(cleared.metadata.managedFields).to.deep.equal([]);
      }
      const untracked = await patch(deploymentKind, "web", replicas(2));
      expect(untracked.metadata.managedFields).to.deep.equal([]);
    });

    it("may be corrected by hand, if it can be read", async () => {
      const { metadata } = await apply(deploymentKind, "web", web());
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
      expect(owners(await patch(deploymentKind, "web", entries("x", "Apply")))).to.deep.equal({
        "x Apply": { "f:spec": { "f:paused": {} } },
      });
    });

    it("remembers ten who updated, and those before as one", async () => {
      await create(podKind, podManifest("a"), { fieldManager: "m0" });
      for (let index = 1; index <= 12; index++) {
        await patch(podKind, "a", { metadata: { labels: { [`l${index}`]: "x" } } }, { fieldManager: `m${index}` });
      }
      const names = Object.keys(owners(await get(podKind, "a")));
      expect(names).to.have.length(10);
      expect(names).to.include("ancient-changes Update");
    });
  });

  describe("refusing", () => {
    const bad: readonly { it: string; body: unknown; more?: Partial<PatchRequest>; reason: string; message: string }[] = [
      {
        it: "no manager",
        body: web(),
        more: { fieldManager: "" },
        reason: "Invalid",
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      },
      {
        it: "a manager of too long a name",
        body: web(),
        more: { fieldManager: "m".repeat(129) },
        reason: "Invalid",
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
      },
      { it: "owners", body: { metadata: { managedFields: [] } }, reason: "BadRequest", message: "metadata.managedFields must be nil" },
      {
        it: "another name",
        body: { metadata: { name: "other" } },
        reason: "BadRequest",
        message: "the name of the object (other) does not match the name on the request (web)",
      },
      {
        it: "another version",
        body: { apiVersion: "apps/v2" },
        reason: "BadRequest",
        message: "Incorrect version specified in apply patch. Specified patch version: apps/v2, expected: apps/v1",
      },
      {
        it: "an unknown field, however lax",
        body: { spec: { foo: 1 } },
        more: { fieldValidation: FieldValidation.IGNORE },
        reason: "BadRequest",
        message: "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema",
      },
      {
        it: "two items of one key",
        body: web({}, [container("a:1"), container("b:1")]),
        reason: "BadRequest",
        message:
          'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name="c"]',
      },
      { it: "a list", body: [], reason: "BadRequest", message: "error decoding YAML: an object was expected" },
      {
        it: "what validation refuses",
        body: web({ replicas: -1 }),
        reason: "Invalid",
        message: 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      },
    ];
    for (const { it: what, body, more = {}, reason, message } of bad) {
      it(`refuses ${what}, and stores nothing`, async () => {
        const error = await refusal(apply(deploymentKind, "web", body, "one", more));
        expect([error.reason, error.message]).to.deep.equal([reason, message]);
        expect(await refusal(get(deploymentKind, "web"))).to.include({ reason: "NotFound" });
        const before = await create(deploymentKind, deploymentManifest("web"));
        expect(await refusal(apply(deploymentKind, "web", body, "one", { ...force, ...more }))).to.include({ reason });
        expect(await get(deploymentKind, "web")).to.deep.equal(before);
      });
    }

    it("judges names that are there twice as the request asks", async () => {
      const text = '{"metadata":{"labels":{"a":"1","a":"2"}},"spec":{"containers":[{"name":"c","image":"i"}]}}';
      const send = (fieldValidation: FieldValidation): ReturnType<typeof api.service.patch> => {
        const request = PatchRequest.fromPartial({
          ...place(podKind, "a"),
          patchType: PatchType.APPLY,
          fieldManager: "one",
          fieldValidation,
        });
        return api.service.patch({ ...request, patch: Buffer.from(text) }, api.call());
      };
      const error = await refusal(send(FieldValidation.STRICT));
      expect(error.message).to.equal('error strict decoding YAML: duplicate field "metadata.labels.a"');
      expect((await send(FieldValidation.WARN)).warnings).to.deep.equal(['duplicate field "metadata.labels.a"']);
      expect((await send(FieldValidation.IGNORE)).warnings).to.deep.equal([]);
    });

    it("takes a resourceVersion at its word", async () => {
      const { metadata } = await apply(deploymentKind, "web", web());
      const { resourceVersion } = metadata;
      await apply(deploymentKind, "web", replicas(2), "two");
      const stale = { ...replicas(3), metadata: { resourceVersion } };
      expect(await refusal(apply(deploymentKind, "web", stale, "two"))).to.include({ reason: "Conflict" });
    });
  });

  describe("racing", () => {
    it("loses nothing of what many managers apply at once, to nothing at first", async () => {
      const managers = Array.from({ length: 20 }, (_, index) => `m${index}`);
      await Promise.all(
        managers.map((manager) => {
          const labelled = { ...podManifest("a", { labels: { [manager]: "x" } }) };
          return apply(podKind, "a", labelled, manager);
        }),
      );
      const pod = await get(podKind, "a");
      expect(Object.keys(pod.metadata.labels)).to.have.members(managers);
      expect(Object.keys(owners(pod))).to.have.members(managers.map((manager) => `${manager} Apply`));
      await remove(podKind, "a");
    });
  });
});
