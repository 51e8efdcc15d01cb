import { expect } from "chai";
import { encoded, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { unpackAny } from "../../api/codec/any.js";
import { isAlreadyExists, isConflict, isInvalid, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { DeleteCollectionRequest, UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

describe("Resources: dry runs", () => {
  let api: ResourcesInProcess;
  let before: Whole<Pod>;
  let revision: number;
  const { create, get, patch, remove, list } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
    before = await create(podKind, { ...podManifest("a"), spec: { containers: [{ name: "c", image: "busybox:1" }], nodeName: "n1" } });
    revision = await api.store.currentRevision();
  });
  afterEach(async () => {
    // Nothing at all has been written, and nobody has been told of anything.
    expect(await api.store.currentRevision()).to.equal(revision);
    expect(await get(podKind, "a")).to.deep.equal(before);
    await api.stop();
  });

  const dryUpdate = async (object: Whole<Pod>, subresource = ""): Promise<Whole<Pod>> => {
    const request = UpdateRequest.fromPartial({ ...place(podKind, "a"), subresource, dryRun: true });
    return unpackAny(podKind, (await api.service.update({ ...request, body: encoded(podKind, object) }, api.call())).object);
  };
  const all = { dryRun: ["All"] };

  it("create: with defaults and a uid, and without a resourceVersion", async () => {
    const pod = await create(podKind, podManifest("b"), { dryRun: true });
    expect(pod.metadata.uid).to.match(/^[0-9a-f-]{36}$/);
    expect([pod.metadata.resourceVersion, pod.status.phase, pod.spec.restartPolicy]).to.deep.equal(["", "Pending", "Always"]);
    expect((await create(podKind, podManifest("", { generateName: "b-" }), { dryRun: true })).metadata.name).to.match(/^b-.{5}$/);
  });

  it("create: refused as it would be", async () => {
    expect(isAlreadyExists(await refusal(create(podKind, podManifest("a"), { dryRun: true })))).to.equal(true);
    expect(isInvalid(await refusal(create(podKind, podManifest("B"), { dryRun: true })))).to.equal(true);
    expect(isNotFound(await refusal(create(podKind, podManifest("b"), { dryRun: true, namespace: "nowhere" })))).to.equal(true);
  });

  it("update: of the object and of its status", async () => {
    const labels = { x: "1" };
    expect((await dryUpdate({ ...before, metadata: { ...before.metadata, labels } })).metadata.labels).to.deep.equal(labels);
    expect((await dryUpdate({ ...before, status: { ...before.status, phase: "Running" } }, "status")).status.phase).to.equal("Running");
  });

  it("update: refused as it would be", async () => {
    const stale = { ...before, metadata: { ...before.metadata, resourceVersion: "1" } };
    expect(isConflict(await refusal(dryUpdate(stale)))).to.equal(true);
    expect(isInvalid(await refusal(dryUpdate({ ...before, spec: { ...before.spec, nodeName: "n2" } })))).to.equal(true);
  });

  it("patch: as it would be, and refused as it would be", async () => {
    const labels = { x: "1" };
    expect((await patch(podKind, "a", { metadata: { labels } }, { dryRun: true })).metadata.labels).to.deep.equal(labels);
    expect(isInvalid(await refusal(patch(podKind, "a", { spec: { nodeName: "n2" } }, { dryRun: true })))).to.equal(true);
  });

  it("patch: that would let go of what is going", async () => {
    await patch(podKind, "a", { metadata: { finalizers: ["example.com/hold"] } });
    await remove(podKind, "a", { gracePeriodSeconds: 0 });
    before = await get(podKind, "a");
    revision = await api.store.currentRevision();
    const last = await patch(podKind, "a", { metadata: { finalizers: [] } }, { dryRun: true });
    expect(last.metadata.finalizers).to.deep.equal([]);
  });

  it("delete: marked, or gone, as it would be", async () => {
    const marked = await remove(podKind, "a", all);
    expect([marked.deleted, unpackAny(podKind, marked.object).metadata.deletionGracePeriodSeconds]).to.deep.equal([false, 30]);
    expect((await remove(podKind, "a", { ...all, gracePeriodSeconds: 0 })).deleted).to.equal(true);
  });

  it("delete: refused as it would be", async () => {
    expect(isConflict(await refusal(remove(podKind, "a", { ...all, preconditions: { uid: "other" } })))).to.equal(true);
    expect(isNotFound(await refusal(remove(podKind, "b", all)))).to.equal(true);
    expect(isInvalid(await refusal(remove(podKind, "a", { dryRun: ["Most"] })))).to.equal(true);
  });

  it("deletecollection: all of them, as they would be", async () => {
    const request = DeleteCollectionRequest.fromPartial({
      type: typeOf(podKind),
      namespace: "default",
      options: { ...all, gracePeriodSeconds: 0 },
    });
    expect((await api.service.deleteCollection(request, api.call())).items).to.have.length(1);
    expect((await list()).names).to.deep.equal(["a"]);
  });
});
