import { expect } from "chai";
import { namespace as buildNamespace } from "../../../test/builders/namespace.js";
import { node } from "../../../test/builders/node.js";
import { pod } from "../../../test/builders/pod.js";
import { podManifest, refusal, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { encodeObject } from "../../api/codec/encode.js";
import { isConflict } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { systemClock } from "../../base/clock.js";
import { BindManyRequest, BindRequest } from "../../gen/howbernetes/api/v1/pods.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import { decodeErrorDetails } from "../../rpc/error-details.js";
import { storeKey } from "../../storage/keys.js";
import { withBindMany } from "./bind-many.js";
import { createPodsService } from "./pods.js";

describe("the Pods service: Bind", () => {
  let api: ResourcesInProcess;
  const { create, get, patch } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
    const one = node({ name: "n1" });
    await api.store.create(storeKey(nodeKind, { namespace: "", name: "n1" }), encodeObject(nodeKind, one));
  });
  afterEach(() => api.stop());

  async function bind(name: string, more: { uid?: string; scheduler?: string; namespace?: string; fence?: string } = {}): Promise<string> {
    const { uid = "", scheduler = "", namespace = "default", fence } = more;
    const pods = createPodsService({ objects: api.objects, broker: {} as never, clock: systemClock });
    const binding = { metadata: { namespace, name, uid }, target: { kind: "Node", name: "n1" } };
    const metadata = fence === undefined ? {} : { "howbernetes-fence": fence };
    return (await pods.bind(BindRequest.fromPartial({ binding, scheduler }), api.call({ metadata }))).resourceVersion;
  }

  async function events(namespace = "default"): Promise<readonly Whole<Event>[]> {
    const { signal } = api.call();
    return (await api.objects.list(eventKind, namespace, { kind: "latest" }, signal)).map(({ object }) => object);
  }

  it("writes the Event of a binding together with it", async () => {
    const { metadata } = await create(podKind, podManifest("web"));

    const resourceVersion = await bind("web", { uid: metadata.uid, scheduler: "default-scheduler" });

    const [event, ...more] = await events();
    expect(more).to.deep.equal([]);
    expect(event).to.deep.include({
      reason: "Scheduled",
      message: "Successfully assigned default/web to n1",
      type: "Normal",
      count: 1,
      reportingComponent: "default-scheduler",
    });
    expect(event?.metadata.resourceVersion).to.equal(resourceVersion);
    expect(event?.involvedObject).to.deep.include({ kind: "Pod", namespace: "default", name: "web", uid: metadata.uid });
    expect((await get(podKind, "web")).spec.nodeName).to.equal("n1");
  });

  it("leaves Events to the caller who does not say who chose the node", async () => {
    await create(podKind, podManifest("web"));
    await bind("web");
    expect(await events()).to.deep.equal([]);
  });

  it("makes many bindings in one call, each on its own", async () => {
    for (const name of ["a", "b", "c"]) await create(podKind, podManifest(name));
    await bind("b");
    const pods = withBindMany(createPodsService({ objects: api.objects, broker: {} as never, clock: systemClock }));
    const bindings = ["a", "b", "c", "none"].map((name) => ({
      binding: { metadata: { namespace: "default", name }, target: { kind: "Node", name: "n1" } },
      scheduler: "s",
    }));

    const { results } = await pods.bindMany(BindManyRequest.fromPartial({ bindings }), api.call());

    const reasons = results.map(({ error }) => (error.length === 0 ? "" : decodeErrorDetails(error, undefined)?.reason));
    expect(reasons).to.deep.equal(["", "Conflict", "", "NotFound"]);
    for (const [place, name] of (["a", "c"] as const).entries()) {
      const { metadata, spec } = await get(podKind, name);
      expect(spec.nodeName).to.equal("n1");
      expect(results[place * 2]?.resourceVersion).to.equal(metadata.resourceVersion);
    }
    expect((await events()).map(({ involvedObject }) => involvedObject?.name).sort()).to.deep.equal(["a", "c"]);
  });

  it("takes no more than a hundred in one call", async () => {
    const pods = withBindMany(createPodsService({ objects: api.objects, broker: {} as never, clock: systemClock }));
    const request = BindManyRequest.fromPartial({ bindings: Array.from({ length: 101 }, () => ({})) });
    expect((await refusal(pods.bindMany(request, api.call()))).message).to.equal("101 bindings in one call, of at most 100");
  });

  it("says nothing of a binding that was refused", async () => {
    await create(podKind, podManifest("web"));
    expect(isConflict(await refusal(bind("web", { uid: "another", scheduler: "s" })))).to.equal(true);
    await bind("web");
    expect(isConflict(await refusal(bind("web", { scheduler: "s" })))).to.equal(true);
    expect(await events()).to.deep.equal([]);
  });

  it("writes neither once another leads", async () => {
    const lease = (holder: string): object => ({ metadata: { name: "scheduler" }, spec: { holderIdentity: holder } });
    const taken = await create(leaseKind, lease("one"));
    await create(podKind, podManifest("web"));
    await patch(leaseKind, "scheduler", { spec: { holderIdentity: "two" } });

    const fence = `default/scheduler:${taken.metadata.resourceVersion}`;
    expect(isConflict(await refusal(bind("web", { scheduler: "s", fence })))).to.equal(true);
    expect((await get(podKind, "web")).spec.nodeName ?? "").to.equal("");
    expect(await events()).to.deep.equal([]);
  });

  it("binds also where the namespace changes in that moment, and says so all the same", async () => {
    await create(podKind, podManifest("web"));
    const update = api.store.update.bind(api.store);
    let isFirst = true;
    api.store.update = async (key, value, revision, options) => {
      if (isFirst) {
        isFirst = false;
        await patch(namespaceKind, "default", { metadata: { labels: { team: "a" } } });
      }
      return await update(key, value, revision, options);
    };

    await bind("web", { scheduler: "s" });

    expect((await get(podKind, "web")).spec.nodeName).to.equal("n1");
    expect((await events()).map(({ reason }) => reason)).to.deep.equal(["Scheduled"]);
  });

  it("writes nothing more into a namespace that is on its way out", async () => {
    const put = (key: string, value: Uint8Array): Promise<number> => api.store.create(key, value);
    const leaving = buildNamespace({ name: "leaving", deleting: true, finalizers: ["kubernetes"] });
    await put(storeKey(namespaceKind, leaving.metadata), encodeObject(namespaceKind, leaving));
    const web = pod({ name: "web", namespace: "leaving", nodeName: "" });
    await put(storeKey(podKind, web.metadata), encodeObject(podKind, web));

    await bind("web", { namespace: "leaving", scheduler: "s" });

    expect(await events("leaving")).to.deep.equal([]);
  });
});
