import { expect } from "chai";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { packAny, unpackAny } from "../../api/codec/any.js";
import { objectToJson } from "../../api/codec/json.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isApiError, isConflict, isExpired, isForbidden, isNotFound, type Reason } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { kindByTypeName } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import {
  CreateRequest,
  DeleteCollectionRequest,
  DeleteRequest,
  EventType,
  FieldValidation,
  GetRequest,
  ListRequest,
  type ObjectBody,
  PatchRequest,
  PatchType,
  UpdateRequest,
  WatchRequest,
  WatchResponse,
} from "../../gen/howbernetes/api/v1/resources.js";
import type { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";
import { fenceKey } from "../../storage/keys.js";
import { scaleKind } from "./scale.js";

const container = { name: "c", image: "busybox:1" };
const podManifest = (name: string, more: object = {}): object => ({ metadata: { name, ...more }, spec: { containers: [container] } });
const deploymentManifest = (name: string, spec: object = {}): object => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    ...spec,
  },
});

const json = (value: unknown): ObjectBody => ({
  body: { $case: "json", value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) },
});
const encoded = <T extends ApiObject>(kind: Kind<T>, object: Whole<T>): ObjectBody => ({
  body: { $case: "object", value: packAny(kind, object as unknown as T) },
});
const typeOf = ({ group, version, plural }: Kind): { group: string; version: string; resource: string } => ({
  group,
  version,
  resource: plural,
});

describe("Resources", () => {
  let api: ResourcesInProcess;

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  const place = (kind: Kind, name: string) => ({ type: typeOf(kind), namespace: kind.namespaced ? "default" : "", name });
  const unpack = <T extends ApiObject>(kind: Kind<T>, any: Any | undefined): Whole<T> => unpackAny(kind, any);

  async function create<T extends ApiObject>(kind: Kind<T>, manifest: object, more: Partial<CreateRequest> = {}): Promise<Whole<T>> {
    const { type, namespace } = place(kind as unknown as Kind, "");
    const request = CreateRequest.fromPartial({ type, namespace, ...more });
    return unpack(kind, (await api.service.create({ ...request, body: more.body ?? json(manifest) }, api.call())).object);
  }
  async function get<T extends ApiObject>(kind: Kind<T>, name: string): Promise<Whole<T>> {
    return unpack(kind, (await api.service.get(GetRequest.fromPartial(place(kind as unknown as Kind, name)), api.call())).object);
  }
  async function update<T extends ApiObject>(kind: Kind<T>, object: Whole<T>, subresource = "", metadata = {}): Promise<Whole<T>> {
    const request = UpdateRequest.fromPartial({ ...place(kind as unknown as Kind, object.metadata.name), subresource });
    return unpack(kind, (await api.service.update({ ...request, body: encoded(kind, object) }, api.call({ metadata }))).object);
  }
  async function patch<T extends ApiObject>(
    kind: Kind<T>,
    name: string,
    body: unknown,
    more: Partial<PatchRequest> = {},
  ): Promise<Whole<T>> {
    const request = PatchRequest.fromPartial({ ...place(kind as unknown as Kind, name), patchType: PatchType.MERGE, ...more });
    return unpack(kind, (await api.service.patch({ ...request, patch: Buffer.from(JSON.stringify(body)) }, api.call())).object);
  }
  const remove = (kind: Kind, name: string, options: object = {}) =>
    api.service.delete(DeleteRequest.fromPartial({ ...place(kind, name), options }), api.call());
  async function refusal(work: Promise<unknown>): Promise<Error & { reason?: Reason }> {
    return work.then(
      () => {
        throw new Error("it was not refused");
      },
      (error: unknown) => error as Error,
    );
  }
  async function list(more: Partial<ListRequest> = {}) {
    const response = await api.service.list(ListRequest.fromPartial({ type: typeOf(podKind), namespace: "default", ...more }), api.call());
    return { ...response, names: response.items.map((any) => unpack(podKind, any).metadata.name) };
  }

  describe("create", () => {
    it("gives identity, defaults and a resourceVersion, and nothing that a client may not set", async () => {
      const pod = await create(podKind, {
        ...podManifest("a", { uid: "mine", generation: 7, deletionTimestamp: "2020-01-01T00:00:00Z" }),
        status: { phase: "Running" },
      });
      expect(pod.metadata.uid).to.match(/^[0-9a-f-]{36}$/);
      expect(pod.metadata.resourceVersion).to.match(/^\d+$/);
      expect(pod.metadata.creationTimestamp).to.not.equal(undefined);
      expect(pod.metadata.deletionTimestamp).to.equal(undefined);
      expect(pod.metadata.namespace).to.equal("default");
      expect(pod.spec.restartPolicy).to.equal("Always");
      expect(pod.status.phase).to.equal("Pending");
      expect(await get(podKind, "a")).to.deep.equal(pod);
    });

    it("lets one of many creates of a name win", async () => {
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => create(podKind, podManifest("a"))));
      const refused = results.filter((result) => result.status === "rejected");
      expect(refused).to.have.length(4);
      for (const { reason } of refused) expect(isAlreadyExists(reason)).to.equal(true);
    });

    it("makes names from generateName", async () => {
      const pods = [
        await create(podKind, podManifest("", { generateName: "web-" })),
        await create(podKind, podManifest("", { generateName: "web-" })),
      ];
      for (const { metadata } of pods) expect(metadata.name).to.match(/^web-[a-z0-9]{5}$/);
      expect(pods[0]?.metadata.name).to.not.equal(pods[1]?.metadata.name);
    });

    it("stores nothing on a dry run, and says what it would have", async () => {
      const pod = await create(podKind, podManifest("a"), { dryRun: true });
      expect(pod.spec.restartPolicy).to.equal("Always");
      expect(isNotFound(await refusal(get(podKind, "a")))).to.equal(true);
    });

    it("warns of unknown fields, or drops them, when asked to", async () => {
      const manifest = { ...podManifest("a"), extra: 1 };
      const request = CreateRequest.fromPartial({ type: typeOf(podKind), namespace: "default" });
      const warn = await api.service.create(
        { ...request, body: json(manifest), dryRun: true, fieldValidation: FieldValidation.WARN },
        api.call(),
      );
      expect(warn.warnings).to.deep.equal(['unknown field "extra"']);
      const ignore = await api.service.create(
        { ...request, body: json(manifest), dryRun: true, fieldValidation: FieldValidation.IGNORE },
        api.call(),
      );
      expect(ignore.warnings).to.deep.equal([]);
    });

    const bad: readonly { it: string; body: unknown; reason: Reason; message: string }[] = [
      { it: "text that is no JSON", body: "{", reason: "BadRequest", message: "unreadable" },
      { it: "a list", body: "[]", reason: "BadRequest", message: "JSON object" },
      {
        it: "an unknown field",
        body: { ...podManifest("a"), spec: { containers: [container], foo: 1 } },
        reason: "BadRequest",
        message: 'strict decoding error: unknown field "spec.foo"',
      },
      {
        it: "a field given twice",
        body: '{"metadata":{"name":"a","name":"b"}}',
        reason: "BadRequest",
        message: 'duplicate field "metadata.name"',
      },
      { it: "a value of a wrong type", body: { metadata: { name: 5 } }, reason: "BadRequest", message: "metadata.name: " },
      {
        it: "another kind",
        body: { ...podManifest("a"), apiVersion: "v1", kind: "Node" },
        reason: "BadRequest",
        message: "does not match the expected kind (Pod)",
      },
      {
        it: "another version",
        body: { ...podManifest("a"), apiVersion: "v2" },
        reason: "BadRequest",
        message: "expected API version (v1)",
      },
      {
        it: "another namespace",
        body: podManifest("a", { namespace: "kube-system" }),
        reason: "BadRequest",
        message: "does not match the namespace",
      },
      {
        it: "a resourceVersion",
        body: podManifest("a", { resourceVersion: "1" }),
        reason: "BadRequest",
        message: "resourceVersion should not be set",
      },
      { it: "no name", body: podManifest(""), reason: "Invalid", message: "metadata.name: Required value" },
      { it: "a name that is a path", body: podManifest("../a"), reason: "BadRequest", message: "invalid name" },
      { it: "a name that is too long", body: podManifest("a".repeat(254)), reason: "BadRequest", message: "invalid name" },
      { it: "a name in capitals", body: podManifest("Web"), reason: "Invalid", message: "metadata.name: Invalid value" },
      { it: "no containers", body: { metadata: { name: "a" }, spec: {} }, reason: "Invalid", message: "spec.containers: Required value" },
      {
        it: "more than a megabyte",
        body: podManifest("a", {
          labels: {},
          annotations: {},
          finalizers: Array.from({ length: 30_000 }, (_, index) => `example.com/finalizer-with-a-long-name-${index}`),
        }),
        reason: "RequestEntityTooLarge",
        message: "too large",
      },
    ];
    for (const { it: what, body, reason, message } of bad) {
      it(`refuses ${what}`, async () => {
        const error = await refusal(create(podKind, {}, { body: json(body) }));
        expect(error).to.include({ reason });
        expect(error.message).to.contain(message);
        expect((await list()).names).to.deep.equal([]);
      });
    }

    it("refuses a resource that does not exist, and bytes that are no pod", async () => {
      const type = { group: "", version: "v1", resource: "things" };
      expect(isNotFound(await refusal(create(podKind, {}, { type })))).to.equal(true);
      const value = { type_url: "type.googleapis.com/howbernetes.core.v1.Pod", value: Buffer.from([0xff, 0xff]) };
      expect(await refusal(create(podKind, {}, { body: { body: { $case: "object", value } } }))).to.include({ reason: "BadRequest" });
    });
  });

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

    it("refuses another uid", async () => {
      const pod = await create(podKind, podManifest("a"));
      const other = makeWhole(podKind, { ...pod, metadata: { ...pod.metadata, resourceVersion: "", uid: "other" } });
      expect(isConflict(await refusal(update(podKind, other)))).to.equal(true);
    });

    it("scales", async () => {
      await create(deploymentKind, deploymentManifest("web"));
      const request = UpdateRequest.fromPartial({ ...place(deploymentKind as unknown as Kind, "web"), subresource: "scale" });
      const scale = (replicas: number) =>
        api.service.update({ ...request, body: json({ apiVersion: "autoscaling/v1", kind: "Scale", spec: { replicas } }) }, api.call());

      const answer: Whole<Scale> = unpackAny(scaleKind, (await scale(4)).object);
      expect([answer.spec.replicas, answer.status.selector]).to.deep.equal([4, "app=web"]);
      expect((await get(deploymentKind, "web")).spec.replicas).to.equal(4);
      expect(await refusal(scale(-1))).to.include({ reason: "Invalid" });
      const patched = await patch(
        scaleKind,
        "web",
        { spec: { replicas: 6 } },
        { type: typeOf(deploymentKind as unknown as Kind), subresource: "scale" },
      );
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
      { it: "an unknown field", body: { spec: { foo: 1 } }, reason: "BadRequest", message: 'unknown field "spec.foo"' },
      { it: "a change of name", body: { metadata: { name: "b" } }, reason: "BadRequest", message: "does not match the name" },
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

  describe("delete", () => {
    const bound = { nodeName: "n1" };
    const cases: readonly {
      it: string;
      spec?: object;
      finalizers?: string[];
      options?: object;
      deleted: boolean;
      grace?: number;
      leaves?: string[];
    }[] = [
      { it: "removes an unbound pod at once", deleted: true },
      { it: "marks a bound pod with its grace", spec: bound, deleted: false, grace: 30 },
      { it: "marks a bound pod with the grace asked for", spec: bound, options: { gracePeriodSeconds: 5 }, deleted: false, grace: 5 },
      { it: "removes a bound pod with grace 0", spec: bound, options: { gracePeriodSeconds: 0 }, deleted: true },
      { it: "marks what has a finalizer", finalizers: ["example.com/hold"], deleted: false, grace: 0, leaves: ["example.com/hold"] },
      {
        it: "asks the garbage collector to go first in the foreground",
        options: { propagationPolicy: "Foreground" },
        deleted: false,
        grace: 0,
        leaves: ["foregroundDeletion"],
      },
      {
        it: "asks the garbage collector to orphan",
        options: { propagationPolicy: "Orphan" },
        deleted: false,
        grace: 0,
        leaves: ["orphan"],
      },
      { it: "stores nothing on a dry run", options: { dryRun: ["All"] }, deleted: true, leaves: [] },
    ];
    for (const { it: does, spec = {}, finalizers = [], options = {}, deleted, grace, leaves } of cases) {
      it(does, async () => {
        await create(podKind, { metadata: { name: "a", finalizers }, spec: { containers: [container], ...spec } });
        const answer = await remove(podKind, "a", options);
        expect(answer.deleted).to.equal(deleted);
        const left = await get(podKind, "a").catch(() => undefined);
        expect(left === undefined).to.equal(deleted && leaves === undefined);
        if (left === undefined || deleted) return;
        expect(left.metadata.deletionGracePeriodSeconds).to.equal(grace);
        expect(left.metadata.deletionTimestamp).to.not.equal(undefined);
        expect(left.metadata.finalizers).to.deep.equal(leaves ?? []);
      });
    }

    it("only ever shortens a grace period", async () => {
      await create(podKind, { metadata: { name: "a" }, spec: { containers: [container], ...bound } });
      for (const [asked, expected] of [
        [20, 20],
        [60, 20],
        [5, 5],
      ]) {
        await remove(podKind, "a", { gracePeriodSeconds: asked });
        expect((await get(podKind, "a")).metadata.deletionGracePeriodSeconds).to.equal(expected);
      }
      expect((await remove(podKind, "a", { gracePeriodSeconds: 0 })).deleted).to.equal(true);
    });

    it("removes an object when its last finalizer goes, and takes no new ones meanwhile", async () => {
      await create(deploymentKind, { ...deploymentManifest("web"), metadata: { name: "web", finalizers: ["example.com/hold"] } });
      await remove(deploymentKind, "web");
      const error = await refusal(patch(deploymentKind, "web", { metadata: { finalizers: ["example.com/hold", "example.com/more"] } }));
      expect(error).to.include({ reason: "Invalid" });
      await patch(deploymentKind, "web", { metadata: { finalizers: [] } });
      expect(isNotFound(await refusal(get(deploymentKind, "web")))).to.equal(true);
    });

    const preconditions = [{ uid: "other" }, { resourceVersion: "1" }];
    for (const precondition of preconditions) {
      it(`refuses when a precondition does not hold: ${Object.keys(precondition).join()}`, async () => {
        await create(podKind, podManifest("a"));
        expect(isConflict(await refusal(remove(podKind, "a", { preconditions: precondition })))).to.equal(true);
        expect((await get(podKind, "a")).metadata.deletionTimestamp).to.equal(undefined);
      });
    }

    it("deletes a collection by selector", async () => {
      for (const name of ["a", "b", "c"]) await create(podKind, podManifest(name, { labels: { keep: name === "c" ? "yes" : "no" } }));
      const request = DeleteCollectionRequest.fromPartial({ type: typeOf(podKind), namespace: "default", labelSelector: "keep=no" });
      expect((await api.service.deleteCollection(request, api.call())).items).to.have.length(2);
      expect((await list()).names).to.deep.equal(["c"]);
    });
  });

  describe("namespaces", () => {
    it("refuses objects in a namespace that is not there", async () => {
      const error = await refusal(create(podKind, podManifest("a"), { namespace: "nowhere" }));
      expect(isNotFound(error)).to.equal(true);
      expect(error.message).to.equal('namespaces "nowhere" not found');
    });

    it("empties before they go: marked, closed to new objects, and gone when finalized", async () => {
      await create(namespaceKind, { metadata: { name: "team" } });
      expect((await remove(namespaceKind, "team")).deleted).to.equal(false);
      const terminating = await get(namespaceKind, "team");
      expect(terminating.status.phase).to.equal("Terminating");
      const error = await refusal(create(podKind, podManifest("a"), { namespace: "team" }));
      expect(isForbidden(error)).to.equal(true);
      expect(error.message).to.equal(
        'pods "a" is forbidden: unable to create new content in namespace team because it is being terminated',
      );
      await update(namespaceKind, makeWhole(namespaceKind, { ...terminating, spec: { finalizers: [] } }), "finalize");
      expect(isNotFound(await refusal(get(namespaceKind, "team")))).to.equal(true);
    });

    it("lets no object slip into one that is being deleted at the same moment", async () => {
      await create(namespaceKind, { metadata: { name: "team" } });
      const cached = api.objects.get(namespaceKind, { namespace: "", name: "team" }, { kind: "latest" }, api.call().signal);
      await cached;
      const [creation, deletion] = await Promise.allSettled([
        create(podKind, podManifest("a"), { namespace: "team" }),
        remove(namespaceKind, "team"),
      ]);
      expect(deletion.status).to.equal("fulfilled");
      // Either it came first, or it was refused; never is it written after the mark.
      const namespace = await get(namespaceKind, "team");
      if (creation.status === "fulfilled") {
        expect(Number(creation.value.metadata.resourceVersion)).to.be.lessThan(Number(namespace.metadata.resourceVersion));
      } else expect(isForbidden(creation.reason)).to.equal(true);
    });

    it("keeps the system's own", async () => {
      for (const name of ["default", "kube-system", "kube-node-lease"]) {
        expect(isForbidden(await refusal(remove(namespaceKind, name)))).to.equal(true);
      }
    });
  });

  describe("list", () => {
    beforeEach(async () => {
      for (const name of ["a", "b", "c", "d", "e"])
        await create(podKind, podManifest(name, { labels: { odd: String("ace".includes(name)) } }));
    });

    it("pages through one revision, whatever happens meanwhile", async () => {
      const first = await list({ limit: 2 });
      expect(first.names).to.deep.equal(["a", "b"]);
      expect(first.remainingItemCount).to.equal(3);
      await remove(podKind, "c");
      await create(podKind, podManifest("bb"));

      const second = await list({ limit: 2, continue: first.continue });
      const third = await list({ limit: 2, continue: second.continue });

      expect([...second.names, ...third.names]).to.deep.equal(["c", "d", "e"]);
      expect([second.resourceVersion, third.resourceVersion]).to.deep.equal([first.resourceVersion, first.resourceVersion]);
      expect(third.continue).to.equal("");
      expect((await list()).names).to.deep.equal(["a", "b", "bb", "d", "e"]);
    });

    it("pages through what a selector matches, without a count", async () => {
      const first = await list({ limit: 2, labelSelector: "odd=true" });
      expect(first.names).to.deep.equal(["a", "c"]);
      expect(first.remainingItemCount).to.equal(undefined);
      expect((await list({ limit: 2, labelSelector: "odd=true", continue: first.continue })).names).to.deep.equal(["e"]);
    });

    it("shows an older revision when asked for exactly that", async () => {
      const { resourceVersion } = await list();
      await remove(podKind, "a");
      expect((await list({ resourceVersion, resourceVersionMatch: "Exact" })).names).to.deep.equal(["a", "b", "c", "d", "e"]);
    });

    it("says Expired when a token is older than the history kept", async () => {
      const { continue: token } = await list({ limit: 2 });
      await remove(podKind, "e");
      await api.store.compact(await api.store.currentRevision());
      expect(isExpired(await refusal(list({ limit: 2, continue: token })))).to.equal(true);
    });

    const bad: readonly Partial<ListRequest>[] = [
      { continue: "rubbish" },
      { continue: Buffer.from('{"v":1,"rv":5,"after":"../x"}').toString("base64url") },
      { labelSelector: "a in (" },
      { fieldSelector: "spec.unheardOf=1" },
      { resourceVersion: "abc" },
      { resourceVersion: "-1" },
      { resourceVersionMatch: "Whatever" },
    ];
    for (const request of bad) {
      it(`refuses ${JSON.stringify(request).slice(0, 60)}`, async () => {
        expect(await refusal(list(request))).to.include({ reason: "BadRequest" });
      });
    }
  });

  describe("watch", () => {
    async function events(request: Partial<WatchRequest>, count: number): Promise<string[]> {
      const seen: string[] = [];
      const watch = api.service.watch(WatchRequest.fromPartial({ type: typeOf(podKind), namespace: "default", ...request }), api.call());
      for await (const buffer of watch) {
        const { type, object } = WatchResponse.decode(buffer);
        seen.push(`${EventType[type]} ${unpackAny(podKind, object).metadata.name}`);
        if (seen.length === count) break;
      }
      return seen;
    }

    it("resumes after a resourceVersion with everything since, once and in order", async () => {
      const first = await create(podKind, podManifest("a"));
      await patch(podKind, "a", { metadata: { labels: { x: "1" } } });
      await create(podKind, podManifest("b"));
      await remove(podKind, "a");
      const { resourceVersion } = first.metadata;
      expect(await events({ resourceVersion }, 3)).to.deep.equal(["MODIFIED a", "ADDED b", "DELETED a"]);
    });

    it("begins with the present, and says where that ends", async () => {
      await create(podKind, podManifest("a"));
      expect(await events({ sendInitialEvents: true, allowBookmarks: true }, 2)).to.deep.equal(["ADDED a", "BOOKMARK "]);
    });
  });

  describe("who may", () => {
    const n1 = { name: "system:node:n1", groups: ["system:nodes"] };
    const nobody = { name: "nobody", groups: [] };

    it("tells a node of its own pods only, and a stranger nothing", async () => {
      await create(podKind, { metadata: { name: "mine" }, spec: { containers: [container], nodeName: "n1" } });
      await create(podKind, { metadata: { name: "other" }, spec: { containers: [container], nodeName: "n2" } });
      const read = (name: string, caller: typeof n1 | typeof nobody) =>
        api.service.get(GetRequest.fromPartial(place(podKind, name)), api.call({ caller }));
      expect(unpackAny(podKind, (await read("mine", n1)).object).metadata.name).to.equal("mine");
      for (const attempt of [read("other", n1), read("mine", nobody), read("absent", nobody)]) {
        expect(isForbidden(await refusal(attempt))).to.equal(true);
      }
      expect(isNotFound(await refusal(read("absent", n1)))).to.equal(true);
      const all = ListRequest.fromPartial({ type: typeOf(podKind) });
      expect(isForbidden(await refusal(api.service.list(all, api.call({ caller: n1 }))))).to.equal(true);
      expect((await api.service.list({ ...all, fieldSelector: "spec.nodeName=n1" }, api.call({ caller: n1 }))).items).to.have.length(1);
    });
  });

  describe("fences", () => {
    const lease = (holder: string, more: object = {}): object => ({
      metadata: { name: "scheduler" },
      spec: { holderIdentity: holder, ...more },
    });
    const fenced = (revision: string) => ({ "howbernetes-fence": `default/scheduler:${revision}` });

    it("let a leader write until another has taken its Lease; renewals change nothing", async () => {
      const taken = await create(leaseKind, lease("one"));
      const pod = await create(podKind, podManifest("a"));
      await patch(leaseKind, "scheduler", { spec: { renewTime: "2030-01-01T00:00:00.000000Z" } });
      const labelled = makeWhole(podKind, { ...pod, metadata: { ...pod.metadata, labels: { x: "1" } } });
      const written = await update(podKind, labelled, "", fenced(taken.metadata.resourceVersion));

      const lost = await patch(leaseKind, "scheduler", { spec: { holderIdentity: "two" } });
      const again = makeWhole(podKind, { ...written, metadata: { ...written.metadata, labels: { x: "2" } } });
      expect(isConflict(await refusal(update(podKind, again, "", fenced(taken.metadata.resourceVersion))))).to.equal(true);
      expect((await api.store.get(fenceKey({ namespace: "default", name: "scheduler" }))).value?.revision).to.equal(
        Number(lost.metadata.resourceVersion),
      );
      await update(podKind, again, "", fenced(lost.metadata.resourceVersion));
    });

    it("hold for creates and deletes too", async () => {
      await create(podKind, podManifest("a"));
      const call = api.call({ metadata: fenced("1") });
      const request = CreateRequest.fromPartial({ type: typeOf(podKind), namespace: "default" });
      expect(isConflict(await refusal(api.service.create({ ...request, body: json(podManifest("b")) }, call)))).to.equal(true);
      expect(isConflict(await refusal(api.service.delete(DeleteRequest.fromPartial(place(podKind, "a")), call)))).to.equal(true);
      expect((await list()).names).to.deep.equal(["a"]);
    });
  });

  it("stores an encoded object as it stores the same in JSON", async () => {
    const fromJson = await create(podKind, podManifest("a"));
    const fromBytes = await create(podKind, {}, { body: encoded(podKind, makeWhole(podKind, podManifest("b"))) });
    const { metadata: _a, ...one } = objectToJson(podKind, fromJson as never);
    const { metadata: _b, ...two } = objectToJson(podKind, fromBytes as never);
    expect(two).to.deep.equal(one);
    expect(kindByTypeName(podKind.typeName)).to.equal(podKind);
    expect(isApiError(await refusal(get(podKind, "c")))).to.equal(true);
  });
});
