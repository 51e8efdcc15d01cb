import { expect } from "chai";
import { pod as buildPod } from "../../../test/builders/index.js";
import { failure } from "../../../test/fakes/failure.js";
import { MemoryStore } from "../../../test/fakes/memory-store.js";
import { type ResourcesInProcess, startResourcesOver } from "../../../test/fakes/resources-in-process.js";
import { isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import { systemClock } from "../../base/clock.js";
import { ReportRequest_PodReport } from "../../gen/howbernetes/api/v1/nodes.js";
import type { ObjectStore } from "../object-store.js";
import { PodStatusWriter } from "./pod-status-writer.js";

const finalizer = "example.com/counted";

describe("PodStatusWriter", () => {
  const pod = buildPod({ name: "work", nodeName: "n1", uid: "uid", finalizers: [finalizer] });
  const key = keyOf(pod);
  let api: ResourcesInProcess<MemoryStore>;

  beforeEach(async () => {
    api = await startResourcesOver(new MemoryStore());
    await api.objects.create(podKind, pod, { signal: api.call().signal });
  });
  afterEach(() => api.stop());

  const change = (metadata: object): Promise<unknown> =>
    api.objects.mutate(podKind, key, (draft) => void Object.assign(draft.metadata, metadata), { signal: api.call().signal });
  const report = (finished: boolean, objects: ObjectStore = api.objects): Promise<unknown> => {
    const reporter = { nodeName: "n1", guard: { key: "/fence", revision: 0 }, signal: api.call().signal };
    const told = ReportRequest_PodReport.fromPartial({ ...key, uid: "uid", finished, status: { phase: "Failed" } });
    return new PodStatusWriter({ objects, clock: systemClock }).write(told, reporter);
  };
  const isGone = async (): Promise<boolean> =>
    isNotFound(await failure(api.objects.get(podKind, key, { kind: "latest" }, api.call().signal)));
  const present = async () => (await api.objects.get(podKind, key, { kind: "latest" }, api.call().signal)).object;

  it("leaves a pod that a finalizer holds, without waiting for its node any more", async () => {
    await change({ deletionTimestamp: timeFromMs(0), deletionGracePeriodSeconds: 30 });
    await report(true);

    const { metadata, status } = await present();
    expect([metadata.deletionGracePeriodSeconds, metadata.finalizers, status.phase]).to.deep.equal([0, [finalizer], "Failed"]);
  });

  it("removes a pod whose last finalizer goes while its node lets go of it", async () => {
    await change({ deletionTimestamp: timeFromMs(0), deletionGracePeriodSeconds: 30 });
    let writes = 0;
    const racing = Object.create(api.objects, {
      mutate: {
        value: async (...write: Parameters<ObjectStore["mutate"]>) => {
          if (++writes === 2) await change({ finalizers: [] });
          return await api.objects.mutate(...write);
        },
      },
    }) as ObjectStore;
    await report(true, racing);

    expect(writes).to.equal(2);
    expect(await isGone()).to.equal(true);
  });

  it("removes a pod that nothing holds, whose own removal its report came between", async () => {
    await change({ deletionTimestamp: timeFromMs(0), deletionGracePeriodSeconds: 0, finalizers: [] });
    await report(false);

    expect(await isGone()).to.equal(true);
  });

  it("does not remove what nobody has asked to go", async () => {
    await change({ finalizers: [] });
    await report(true);

    expect((await present()).status.phase).to.equal("Failed");
  });
});
