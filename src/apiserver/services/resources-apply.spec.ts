import { expect } from "chai";
import { applyCall, containerOf, ownersOf, replicasOf, webConfiguration } from "../../../test/fakes/apply-calls.js";
import { deploymentManifest, place, podManifest, refusal, resourceCalls } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { manifestOf } from "../../../test/fuzz/subject.js";
import { unpackAny } from "../../api/codec/any.js";
import { isConflict } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { kinds } from "../../api/kinds/index.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { FieldValidation, PatchRequest, PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";

const force = { force: true };

describe("Resources: server-side apply", () => {
  let api: ResourcesInProcess;
  const { create, get, patch, remove } = resourceCalls(() => api);
  const apply = applyCall(patch);
  const imageOf = ({ spec }: Whole<Deployment>): string | undefined => spec.template?.spec?.containers[0]?.image;

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("creating", () => {
    it("makes an object that is absent, with defaults that nobody owns", async () => {
      const created = await apply(deploymentKind, "web", webConfiguration());

      expect(created.spec.replicas).to.equal(1);
      expect(ownersOf(created)).to.deep.equal({
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
      await apply(deploymentKind, "web", webConfiguration(), "one", { dryRun: true });
      expect(await refusal(get(deploymentKind, "web"))).to.include({ reason: "NotFound" });
      const before = await apply(deploymentKind, "web", webConfiguration());
      const dry = await apply(deploymentKind, "web", webConfiguration({ replicas: 3 }), "one", { dryRun: true });
      expect(dry.spec.replicas).to.equal(3);
      expect(await get(deploymentKind, "web")).to.deep.equal(before);
    });

    it("writes nothing when it changes nothing", async () => {
      const first = await apply(deploymentKind, "web", webConfiguration());
      expect(await apply(deploymentKind, "web", webConfiguration())).to.deep.equal(first);
    });

    it("does not create an object that is to have been there before", async () => {
      const error = await refusal(apply(podKind, "a", podManifest("a", { uid: "u" })));
      expect(error.message).to.equal(
        'Operation cannot be fulfilled on pods "a": uid mismatch: the provided object specified uid u, and no existing object was found',
      );
    });

    it("does not create by a subresource", async () => {
      const error = await refusal(apply(deploymentKind, "web", { status: { replicas: 1 } }, "one", { subresource: "status" }));
      expect(error).to.include({ reason: "NotFound" });
    });
  });

  describe("lists and maps", () => {
    it("loses an item that its manager leaves out, and keeps others' items and their order", async () => {
      const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, image: `${name}:1` }));
      const mine = (...containers: (object | undefined)[]): object =>
        webConfiguration(
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
      const port = (more: object): object => webConfiguration({}, [containerOf("a:1", { ports: [{ containerPort: 80, ...more }] })]);
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
      await apply(podKind, "a", { ...podManifest("a"), spec: { containers: [containerOf("a:1", { args: ["x", "y"] })] } });
      const other = { spec: { containers: [{ name: "c", args: ["y"] }] } };
      const error = await refusal(apply(podKind, "a", other, "two"));
      expect(error.message).to.equal('Apply failed with 1 conflict: conflict with "one": .spec.containers[name="c"].args');
    });

    it("does not take equal quantities for different", async () => {
      const cpu = (amount: string): object => webConfiguration({}, [containerOf("a:1", { resources: { limits: { cpu: amount } } })]);
      await apply(deploymentKind, "web", cpu("500m"));
      expect(imageOf(await apply(deploymentKind, "web", cpu("0.5"), "two"))).to.equal("a:1");
    });
  });

  describe("refusing", () => {
    const bad: readonly { it: string; body: unknown; more?: Partial<PatchRequest>; reason: string; message: string }[] = [
      {
        it: "no manager",
        body: webConfiguration(),
        more: { fieldManager: "" },
        reason: "Invalid",
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      },
      {
        it: "a manager of too long a name",
        body: webConfiguration(),
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
        it: "no version",
        body: { apiVersion: undefined },
        reason: "BadRequest",
        message: "Incorrect version specified in apply patch. Specified patch version: , expected: apps/v1",
      },
      {
        it: "no kind",
        body: { kind: undefined },
        reason: "BadRequest",
        message: "failed to create typed patch object (default/web; apps/v1, Kind=): no corresponding type for apps/v1, Kind=",
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
        body: webConfiguration({}, [containerOf("a:1"), containerOf("b:1")]),
        reason: "BadRequest",
        message:
          'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name="c"]',
      },
      { it: "a list", body: [], reason: "BadRequest", message: "error decoding YAML: an object was expected" },
      {
        it: "what validation refuses",
        body: webConfiguration({ replicas: -1 }),
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
      const text =
        '{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":"1","a":"2"}},"spec":{"containers":[{"name":"c","image":"i"}]}}';
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
      const { metadata } = await apply(deploymentKind, "web", webConfiguration());
      const { resourceVersion } = metadata;
      await apply(deploymentKind, "web", replicasOf(2), "two");
      const stale = { ...replicasOf(3), metadata: { resourceVersion } };
      expect(await refusal(apply(deploymentKind, "web", stale, "two"))).to.include({ reason: "Conflict" });
    });
  });

  describe("every kind", () => {
    for (const kind of kinds) {
      it(`${kind.kind} is created once, and shared by a second manager who wants the same`, async () => {
        const manifest = manifestOf(kind, "applied");
        const first = await apply(kind, "applied", manifest);
        expect(Object.keys(ownersOf(first))).to.deep.equal(["one Apply"]);
        expect(await apply(kind, "applied", manifest)).to.deep.equal(first);
        const second = await apply(kind, "applied", manifest, "two");
        const { "one Apply": ones, "two Apply": twos } = ownersOf(second);
        expect(twos).to.deep.equal(ones);
        expect(second.metadata.generation).to.equal(first.metadata.generation);
      });
    }
  });

  describe("racing", () => {
    for (const where of ["an object that is there", "an object yet to be"]) {
      it(`gives ${where} to one of two who want it otherwise, and tells the other`, async () => {
        if (where === "an object that is there") await apply(deploymentKind, "web", webConfiguration(), "before");
        const both = [1, 2].map((count) => apply(deploymentKind, "web", webConfiguration({ replicas: count + 5 }), `m${count}`));
        const outcomes = await Promise.allSettled(both);
        const refused = outcomes.filter((outcome) => outcome.status === "rejected");
        expect(refused).to.have.length(1);
        expect(isConflict(refused[0]?.reason)).to.equal(true);
      });
    }

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
      expect(Object.keys(ownersOf(pod))).to.have.members(managers.map((manager) => `${manager} Apply`));
      await remove(podKind, "a");
    });
  });
});
