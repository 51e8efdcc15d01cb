import { expect } from "chai";
import { ownedBy, pod, podDisruptionBudget, replicaSet } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { startLoneController } from "../../../test/fakes/fake-api/lone-controller.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../api/kinds/poddisruptionbudget/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { PodCondition } from "../../gen/howbernetes/core/v1/pod_status.js";
import { createDisruptionController } from "./index.js";

const key = { namespace: "default", name: "web" };
const labels = { app: "web" };

describe("the disruption controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    for (const name of ["a", "b", "c"]) api.seed(podKind, pod({ name, labels }));
    stop = await startLoneController(api, clock, { component: "disruption-controller", create: createDisruptionController });
  });
  afterEach(() => stop());

  const create = (bound: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string }) =>
    api.of(podDisruptionBudgetKind).create(podDisruptionBudget({ ...bound, resourceVersion: "" }));
  const status = () => api.objects(podDisruptionBudgetKind)[0]?.status;
  const reasons = () => api.objects(eventKind).map(({ reason }) => reason);
  /** What the api-server does when it lets a pod go. */
  const charge = (podName: string) =>
    api.change(podDisruptionBudgetKind, key, (draft) => {
      draft.status.disruptionsAllowed = (draft.status.disruptionsAllowed ?? 0) - 1;
      draft.status.disruptedPods[podName] = timeFromMs(clock.now());
    });
  const setReady = (name: string, ready: boolean) =>
    api.change(podKind, { namespace: "default", name }, (draft) => {
      draft.status.conditions = draft.status.conditions.map((condition) => ({ ...condition, status: ready ? "True" : "False" }));
    });

  it("follows its pods as they come, go, and are ready or not", async () => {
    await create({ minAvailable: 1 });
    const seen: unknown[] = [];
    const changes = [
      () => undefined,
      () => setReady("a", false),
      () => api.seed(podKind, pod({ name: "d", labels })),
      () => api.remove(podKind, { namespace: "default", name: "b" }),
      () => api.change(podKind, { namespace: "default", name: "c" }, (draft) => Object.assign(draft.metadata.labels, { app: "db" })),
    ];
    for (const change of changes) {
      change();
      await settle();
      seen.push([status()?.expectedPods, status()?.currentHealthy, status()?.disruptionsAllowed]);
    }
    expect(seen).to.deep.equal([
      [3, 3, 2],
      [3, 2, 1],
      [4, 3, 2],
      [3, 2, 1],
      [2, 1, 0],
    ]);
  });

  it("does not forget an eviction that was allowed while it counted", async () => {
    await create({ minAvailable: 1 });
    await settle();
    const thaw = api.freeze(podDisruptionBudgetKind);
    charge("a");
    setReady("b", false);
    await settle();
    expect(status()).to.include({ disruptionsAllowed: 1 });
    expect(Object.keys(status()?.disruptedPods ?? {})).to.deep.equal(["a"]);

    thaw();
    await clock.advance(1_000);
    // Of a, b and c, a is to go and b is not ready.
    expect(status()).to.include({ currentHealthy: 1, disruptionsAllowed: 0 });
    expect(Object.keys(status()?.disruptedPods ?? {})).to.deep.equal(["a"]);
  });

  it("counts a pod again that did not go, two minutes after it was allowed to", async () => {
    await create({ minAvailable: 1 });
    await settle();
    charge("a");
    await clock.advance(119_000);
    expect(status()).to.include({ currentHealthy: 2, disruptionsAllowed: 1 });
    await clock.advance(2_000);
    expect(status()).to.include({ currentHealthy: 3, disruptionsAllowed: 2 });
    expect(status()?.disruptedPods).to.deep.equal({});
    expect(reasons()).to.include("NotDeleted");
  });

  it("counts once it finds the controller of its pods", async () => {
    const web = replicaSet({ replicas: 4, matchLabels: { app: "none" } });
    api.seed(podKind, pod({ name: "owned", labels, owner: ownedBy(web) }));
    await create({ maxUnavailable: 1 });
    await settle();
    expect(status()?.conditions[0]).to.include({ reason: "SyncFailed", message: 'found no controllers for pod "owned"' });
    expect(reasons()).to.include("CalculateExpectedPodCountFailed");

    api.seed(replicaSetKind, web);
    await settle();
    expect(status()).to.include({ expectedPods: 4, desiredHealthy: 3 });
    expect(reasons()).to.include("UnmanagedPods");
  });

  it("says that there are no pods", async () => {
    await api
      .of(podDisruptionBudgetKind)
      .create(podDisruptionBudget({ matchLabels: { app: "none" }, minAvailable: 1, resourceVersion: "" }));
    await settle();
    expect(status()).to.include({ observedGeneration: 1, desiredHealthy: 1 });
    expect(reasons()).to.include("NoPods");
  });

  it("takes back on a pod after two minutes that it is about to be ended", async () => {
    api.change(podKind, { namespace: "default", name: "a" }, (draft) => {
      const said = { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI", message: "Eviction API: evicting" };
      draft.status.conditions.push(PodCondition.fromPartial({ ...said, lastTransitionTime: timeFromMs(clock.now()) }));
    });
    const target = () => api.objects(podKind)[0]?.status.conditions.find(({ type }) => type === "DisruptionTarget");
    await clock.advance(119_000);
    expect(target()?.status).to.equal("True");
    await clock.advance(1_000);
    expect(target()?.status).to.equal("False");
    expect([target()?.reason, target()?.message]).to.deep.equal([undefined, undefined]);
    expect(target()?.lastTransitionTime).to.deep.equal(timeFromMs(clock.now()));
  });
});
