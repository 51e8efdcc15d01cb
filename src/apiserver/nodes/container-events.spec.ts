import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { podManifest, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { ContainerEvents } from "./container-events.js";

describe("ContainerEvents", () => {
  const { signal } = new AbortController();
  let api: ResourcesInProcess;
  let events: ContainerEvents;
  const { create } = resourceCalls(() => api);

  const podOn = async (nodeName: string): Promise<Whole<Pod>> => {
    await create(podKind, podManifest("p"));
    const assign = (draft: Whole<Pod>): true => {
      draft.spec.nodeName = nodeName;
      return true;
    };
    return (await api.objects.mutate(podKind, { namespace: "default", name: "p" }, assign, { signal })).object;
  };
  const started = ({ metadata: { namespace, name, uid } }: Whole<Pod>) => ({
    namespace,
    name,
    uid,
    type: "Normal",
    reason: "Started",
    message: "Started container c",
    fieldPath: "spec.containers{c}",
  });
  const counts = async (): Promise<readonly (number | undefined)[]> =>
    (await api.objects.list(eventKind, "default", { kind: "latest" }, signal)).map(({ object }) => object.count);

  beforeEach(async () => {
    api = await startResourcesInProcess();
    events = new ContainerEvents({ objects: api.objects, clock: new FakeClock() });
  });
  afterEach(() => api.stop());

  it("loses none of what happens at once", async () => {
    const event = started(await podOn("n1"));
    await Promise.all(Array.from({ length: 20 }, () => events.record("n1", event, signal)));
    expect(await counts()).to.deep.equal([20]);
  });

  it("drops what a node says of another's pod, or of an earlier one of that name", async () => {
    const event = started(await podOn("n1"));
    await events.record("n2", event, signal);
    await events.record("n1", { ...event, uid: "earlier" }, signal);
    expect(await counts()).to.deep.equal([]);
  });

  it("cuts what a node says at length", async () => {
    const event = started(await podOn("n1"));
    const long = "x".repeat(100_000);
    await events.record("n1", { ...event, type: long, reason: long, message: long, fieldPath: long }, signal);
    const [kept] = await api.objects.list(eventKind, "default", { kind: "latest" }, signal);
    expect(kept?.object).to.include({ type: "Normal", reason: "x".repeat(128), message: "x".repeat(1_024) });
    expect(kept?.object.involvedObject?.fieldPath).to.have.length(256);
  });

  it("records what happened to the node itself, and to no other", async () => {
    const full = { namespace: "", name: "n1", uid: "n1", type: "Warning", reason: "ImageGCFailed", message: "no room", fieldPath: "" };
    await events.record("n1", full, signal);
    await events.record("n1", full, signal);
    await events.record("n2", full, signal);
    const all = await api.objects.list(eventKind, "default", { kind: "latest" }, signal);

    expect(all.map(({ object: { involvedObject, count } }) => [involvedObject?.kind, involvedObject?.name, count])).to.deep.equal([
      ["Node", "n1", 2],
    ]);
  });

  it("records nothing in a namespace that is being deleted", async () => {
    const event = started(await podOn("n1"));
    const terminate = (draft: { metadata: { deletionTimestamp?: unknown } }): true => {
      draft.metadata.deletionTimestamp = { seconds: 1, nanos: 0 };
      return true;
    };
    await api.objects.mutate(namespaceKind, { namespace: "", name: "default" }, terminate, { signal });
    await api.caches.of(namespaceKind).reach({ kind: "latest" }, signal);
    await events.record("n1", event, signal);
    expect(await counts()).to.deep.equal([]);
  });
});
