import { expect } from "chai";
import { type PodOptions, pod, podDisruptionBudget } from "../../../test/builders/index.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { isConflict, isNotFound, isOverBudget } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../api/kinds/poddisruptionbudget/kind.js";
import type { Whole } from "../../api/object.js";
import { sharedSignal } from "../../base/abort.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { PodDisruptionBudgetStatus } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { ObjectStore } from "../object-store.js";
import { evictPod } from "./evict-pod.js";

const signal = sharedSignal(new AbortController().signal);
const labels = { app: "web" };
const at = (name: string) => ({ namespace: "default", name });

describe("evictPod", () => {
  let api: ResourcesInProcess;

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  const evict = (name: string, options: Partial<DeleteOptions> = {}, objects: ObjectStore = api.objects): Promise<unknown> =>
    evictPod(objects, { key: at(name), options: DeleteOptions.fromPartial(options), guards: [], nowMs: () => Date.now(), signal }).catch(
      (error: unknown) => error,
    );
  const put = (...pods: readonly PodOptions[]) =>
    Promise.all(pods.map((options) => api.objects.create(podKind, pod({ labels, ...options }), { signal })));
  const budget = (status: Partial<PodDisruptionBudgetStatus>, name = "web") =>
    api.objects.create(
      podDisruptionBudgetKind,
      podDisruptionBudget({ name, matchLabels: labels, status: { observedGeneration: 1, ...status } }),
      { signal },
    );
  const podNow = async (name: string) => (await api.objects.get(podKind, at(name), { kind: "latest" }, signal)).object;
  const budgetNow = async () => (await api.objects.get(podDisruptionBudgetKind, at("web"), { kind: "latest" }, signal)).object.status;
  const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;
  const withPreconditions = (preconditions: { uid?: string; resourceVersion?: string }) => ({
    preconditions: { uid: undefined, resourceVersion: undefined, ...preconditions },
  });

  it("lets go what no budget selects", async () => {
    await put({ name: "a", labels: { app: "db" } });
    await budget({ disruptionsAllowed: 0 });
    expect(await evict("a")).to.equal(undefined);
    expect(await podNow("a")).to.satisfy(isGoing);
  });

  it("never lets more go than are allowed, whoever asks at the same time", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await put(...names.map((name) => ({ name })));
    await budget({ disruptionsAllowed: 7, currentHealthy: 20, desiredHealthy: 13 });
    const another = await api.another();
    const outcomes = await Promise.all(names.map((name, index) => evict(name, {}, index % 2 === 0 ? api.objects : another.objects)));

    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(7);
    expect(outcomes.filter(isOverBudget)).to.have.length(13);
    const pods = await Promise.all(names.map(podNow));
    expect(pods.filter(isGoing)).to.have.length(7);
    const { disruptionsAllowed = 0, disruptedPods } = await budgetNow();
    expect(disruptionsAllowed).to.equal(0);
    expect(Object.keys(disruptedPods).sort()).to.deep.equal(
      pods
        .filter(isGoing)
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
    await another.stop();
  });

  it("charges nothing for a pod that goes already", async () => {
    await put({ name: "a" });
    await budget({ disruptionsAllowed: 2 });
    await evict("a");
    expect(await evict("a")).to.equal(undefined);
    expect((await budgetNow()).disruptionsAllowed).to.equal(1);
  });

  it("charges nothing for a pod that has not begun, or has ended", async () => {
    await put({ name: "pending", phase: "Pending" }, { name: "failed", phase: "Failed" });
    await budget({ disruptionsAllowed: 0 });
    expect([await evict("pending"), await evict("failed")]).to.deep.equal([undefined, undefined]);
    expect(await podNow("pending")).to.satisfy(isGoing);
    expect(await podNow("failed").catch((error: unknown) => error)).to.satisfy(isNotFound);
  });

  it("asks the budget of a pod that begins at that moment", async () => {
    await put({ name: "a", phase: "Pending" });
    await budget({ disruptionsAllowed: 0 });
    expect(
      await evict(
        "a",
        {},
        meanwhile("mutate", () => setStatus("a", "Running", "True")),
      ),
    ).to.satisfy(isOverBudget);
    expect(await podNow("a")).not.to.satisfy(isGoing);
  });

  it("does not let go as not ready what gets ready at that moment", async () => {
    await put({ name: "a", ready: false });
    await budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 });
    const refusal = await evict(
      "a",
      {},
      meanwhile("mutate", () => setStatus("a", "Running", "True")),
    );
    expect(refusal).to.satisfy(isOverBudget);
    expect(refusal).to.have.property("retryAfterSeconds", 10);
    expect(await podNow("a")).not.to.satisfy(isGoing);
  });

  it("does not evict another pod that has taken the place of the first", async () => {
    await put({ name: "a" });
    await budget({ disruptionsAllowed: 1 });
    const replace = async (): Promise<void> => {
      await api.objects.remove(podKind, at("a"), { signal });
      await put({ name: "a", uid: "the next" });
    };
    const outcome = await evict("a", {}, meanwhile("list", replace));
    expect(outcome).to.satisfy(isConflict);
    expect(await podNow("a")).not.to.satisfy(isGoing);
  });

  it("goes by the budget that there is when the one it asked is deleted", async () => {
    await put({ name: "a" });
    await budget({ disruptionsAllowed: 0 }, "old");
    const replace = async (): Promise<void> => {
      await api.objects.remove(podDisruptionBudgetKind, at("old"), { signal });
      await budget({ disruptionsAllowed: 1 });
    };
    expect(await evict("a", {}, meanwhile("mutate", replace))).to.equal(undefined);
    expect((await budgetNow()).disruptionsAllowed ?? 0).to.equal(0);
  });

  it("keeps to preconditions before it charges", async () => {
    const [stored] = await put({ name: "a" });
    await budget({ disruptionsAllowed: 1 });
    expect(await evict("a", withPreconditions({ uid: "another" }))).to.satisfy(isConflict);
    expect(await evict("a", withPreconditions({ resourceVersion: "1" }))).to.satisfy(isConflict);
    expect(await evict("nobody")).to.satisfy(isNotFound);
    expect((await budgetNow()).disruptionsAllowed).to.equal(1);
    expect(await evict("a", withPreconditions({ resourceVersion: String(stored?.revision) }))).to.equal(undefined);
    expect(await podNow("a")).to.satisfy(isGoing);
  });

  it("changes nothing on a dry run, and refuses as it would", async () => {
    await put({ name: "a" });
    await budget({ disruptionsAllowed: 1 });
    expect(await evict("a", { dryRun: ["All"] })).to.equal(undefined);
    expect([(await budgetNow()).disruptionsAllowed, (await podNow("a")).status.conditions.length]).to.deep.equal([1, 1]);
    await evict("a");
    await put({ name: "b" });
    expect(await evict("b", { dryRun: ["All"] })).to.satisfy(isOverBudget);
  });

  /** The objects, with something that happens just before the first call of a kind. */
  function meanwhile(method: "mutate" | "list", happen: () => Promise<void>): ObjectStore {
    let due = true;
    return new Proxy(api.objects, {
      get: (target, name: keyof ObjectStore) => {
        const call = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (name !== method) return call;
        return async (...args: unknown[]) => {
          if (due) {
            due = false;
            await happen();
          }
          return await call(...args);
        };
      },
    });
  }

  async function setStatus(name: string, phase: string, ready: string): Promise<void> {
    const change = ({ status }: Whole<Pod>): undefined => {
      status.phase = phase;
      status.conditions = status.conditions.map((condition) => ({ ...condition, status: ready }));
    };
    await api.objects.mutate(podKind, at(name), change, { signal });
  }
});
