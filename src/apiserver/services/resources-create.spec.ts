import { expect } from "chai";
import { container, encoded, json, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { objectToJson } from "../../api/codec/json.js";
import { makeWhole } from "../../api/codec/whole.js";
import type { Reason } from "../../api/errors.js";
import { isAlreadyExists, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { CreateRequest, FieldValidation } from "../../gen/howbernetes/api/v1/resources.js";

describe("Resources.Create", () => {
  let api: ResourcesInProcess;
  const { create, get, list } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

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
      { it: "a name that is a path", body: podManifest("../a"), reason: "Invalid", message: "metadata.name: Invalid value" },
      { it: "a name that is too long", body: podManifest("a".repeat(254)), reason: "Invalid", message: "must be no more than 253" },
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

  it("stores an encoded object as it stores the same in JSON", async () => {
    const fromJson = await create(podKind, podManifest("a"));
    const fromBytes = await create(podKind, {}, { body: encoded(podKind, makeWhole(podKind, podManifest("b"))) });
    const { metadata: _a, ...one } = objectToJson(podKind, fromJson as never);
    const { metadata: _b, ...two } = objectToJson(podKind, fromBytes as never);
    expect(two).to.deep.equal(one);
  });
});
