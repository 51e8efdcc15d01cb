import { expect } from "chai";
import { type ApiError, isConflict, isInternal, isNotFound, isOverBudget } from "../../../src/api/errors.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../../src/api/kinds/poddisruptionbudget/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../../../src/gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { deployment, namespace, pod, podDisruptionBudget } from "../../../test/builders/index.js";

/** As a client sends it. */
const unborn = { uid: "", resourceVersion: "" };
const labels = { app: "web" };
const isReady = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const failure = await call.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  return failure as ApiError;
}

describe("disruption budgets", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 2, behaviour: ({ image }) => (image === "crashes:1" ? { exit: { afterMs: 0, code: 1 } } : {}) });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `disruption-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });

  afterEach(() => cordon(false));

  const at = (name: string) => ({ namespace: ns, name });
  const budgets = () => cluster.client.of(podDisruptionBudgetKind);
  const budgetThat = (predicate: (status: Whole<PodDisruptionBudget>["status"]) => boolean, what: string) =>
    cluster.until(podDisruptionBudgetKind, at("web"), ({ status }) => predicate(status), { what });
  const createBudget = (bound: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string }) =>
    budgets().create(podDisruptionBudget({ namespace: ns, ...bound, ...unborn }));
  const readyPods = (count: number) =>
    cluster.untilAll(podKind, ns, (pods) => pods.filter((each) => isReady(each) && !isGoing(each)).length === count, {
      what: `${count} ready pods`,
    });

  async function createPods(...names: readonly string[]): Promise<void> {
    for (const name of names)
      await cluster.client.of(podKind).create(pod({ name, namespace: ns, nodeName: "", labels, status: {}, ...unborn }));
    await readyPods(names.length);
  }

  async function deploy(replicas: number): Promise<readonly Whole<Pod>[]> {
    await cluster.client.of(deploymentKind).create(deployment({ namespace: ns, replicas, ...unborn }));
    return await readyPods(replicas);
  }

  it("have a status that counts their pods", async () => {
    await createPods("a", "b", "c");
    await createBudget({ minAvailable: 2 });
    const { status, metadata } = await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");

    expect(status).to.include({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, observedGeneration: metadata.generation });
    expect(status.conditions.map(({ type, status: is, reason }) => [type, is, reason])).to.deep.equal([
      ["DisruptionAllowed", "True", "SufficientPods"],
    ]);
  });

  it("observe their own changes", async () => {
    await createPods("a", "b");
    await createBudget({ minAvailable: 1 });
    await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");
    await budgets().patch(at("web"), "merge", { spec: { minAvailable: 2 } });
    const { status } = await budgetThat(({ observedGeneration }) => observedGeneration === 2, "the second generation observed");

    expect(status).to.include({ disruptionsAllowed: 0, desiredHealthy: 2 });
    expect(status.conditions[0]).to.include({ status: "False", reason: "InsufficientPods" });
  });

  it("block an eviction until they are changed to allow it", async () => {
    await createPods("a", "b", "c");
    await createBudget({ minAvailable: 3 });
    await budgetThat(({ currentHealthy }) => currentHealthy === 3, "three healthy pods");
    const refusal = await failureOf(cluster.client.evict(at("a")));
    expect(refusal).to.satisfy(isOverBudget);
    expect(refusal.message).to.equal("Cannot evict pod as it would violate the pod's disruption budget.");
    expect(refusal.causes[0]?.message).to.equal("The disruption budget web needs 3 healthy pods and has 3 currently");

    await budgets().patch(at("web"), "merge", { spec: { minAvailable: 2 } });
    await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");
    await cluster.client.evict(at("a"));
    await cluster.gone(podKind, at("a"));
    const { status } = await budgetThat(({ currentHealthy }) => currentHealthy === 2, "two healthy pods left");
    expect(status).to.include({ disruptionsAllowed: 0 });
  });

  it("block an eviction until there are pods to spare", async () => {
    await createPods("a");
    await createBudget({ minAvailable: 1 });
    await budgetThat(({ currentHealthy }) => currentHealthy === 1, "one healthy pod");
    expect(await failureOf(cluster.client.evict(at("a")))).to.satisfy(isOverBudget);

    await cluster.client.of(podKind).create(pod({ name: "b", namespace: ns, nodeName: "", labels, status: {}, ...unborn }));
    await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");
    await cluster.client.evict(at("a"));
    await cluster.gone(podKind, at("a"));
  });

  it("of a percentage follow the Deployment's scale", async () => {
    await deploy(4);
    await createBudget({ maxUnavailable: "25%" });
    const first = await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");
    expect(first.status).to.include({ expectedPods: 4, desiredHealthy: 3 });

    await cluster.client.of(deploymentKind).patch(at("web"), "merge", { spec: { replicas: 8 } });
    const second = await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 2, "two disruptions allowed");
    expect(second.status).to.include({ expectedPods: 8, desiredHealthy: 6, currentHealthy: 8 });
  });

  it("are never exceeded by evictions that race", async () => {
    const pods = await deploy(8);
    await createBudget({ minAvailable: 5 });
    await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 3, "three disruptions allowed");
    // None is let go in the place of another: those that take their places find no node.
    await cordon(true);

    const outcomes = await Promise.allSettled(pods.map((each) => cluster.client.evict(keyOf(each))));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    expect(refused).to.have.length(5);
    for (const refusal of refused) expect(refusal).to.satisfy(isOverBudget);
    const { status } = await budgetThat(({ currentHealthy }) => currentHealthy === 5, "five healthy pods");
    expect(status).to.include({ disruptionsAllowed: 0 });
  });

  it("let go of pods that are not ready while enough others are", async () => {
    await createPods("a", "b");
    await cluster.client
      .of(podKind)
      .create(pod({ name: "c", namespace: ns, nodeName: "", labels, status: {}, image: "crashes:1", ...unborn }));
    const isInBackoff = ({ status }: Whole<Pod>) => status.containerStatuses[0]?.state?.waiting?.reason === "CrashLoopBackOff";
    await cluster.until(podKind, at("c"), (each) => isInBackoff(each) && each.status.phase === "Running" && !isReady(each));
    await createBudget({ minAvailable: 2 });
    await budgetThat(({ currentHealthy }) => currentHealthy === 2, "two healthy pods");

    expect(await failureOf(cluster.client.evict(at("a")))).to.satisfy(isOverBudget);
    await cluster.client.evict(at("c"));
    await cluster.gone(podKind, at("c"));
  });

  it("leave an eviction alone that there are several of", async () => {
    await createPods("a");
    await createBudget({ minAvailable: 0 });
    await budgets().create(podDisruptionBudget({ name: "other", namespace: ns, matchLabels: labels, minAvailable: 0, ...unborn }));
    const refusal = await failureOf(cluster.client.evict(at("a")));
    expect(refusal).to.satisfy(isInternal);
    expect(refusal.message).to.equal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
  });

  it("are charged nothing by an eviction that is but tried", async () => {
    await createPods("a", "b");
    const { metadata } = await createBudget({ minAvailable: 1 });
    const before = await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");
    await cluster.client.evict(at("a"), { options: { dryRun: ["All"] } });
    await cluster.client.evict(at("b"), { options: { dryRun: ["All"] } });

    expect(await budgets().get(keyOf({ metadata }))).to.deep.equal(before);
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });
    expect(items.map((each) => [isReady(each), isGoing(each)])).to.deep.equal([
      [true, false],
      [true, false],
    ]);
  });

  it("are charged nothing by an eviction of another pod of the name", async () => {
    await createPods("a", "b");
    await createBudget({ minAvailable: 1 });
    const before = await budgetThat(({ disruptionsAllowed }) => disruptionsAllowed === 1, "one disruption allowed");
    const preconditions = { uid: "another", resourceVersion: undefined };
    expect(await failureOf(cluster.client.evict(at("a"), { options: { preconditions } }))).to.satisfy(isConflict);
    expect(await failureOf(cluster.client.evict(at("nobody")))).to.satisfy(isNotFound);
    expect(await budgets().get(at("web"))).to.deep.equal(before);
  });

  it("see evicted pods say why they go, within the time that the eviction gave them", async () => {
    const held = { name: "a", namespace: ns, nodeName: "", labels, status: {}, finalizers: ["example.com/hold"], ...unborn };
    await cluster.client.of(podKind).create(pod(held));
    await readyPods(1);
    await cluster.client.evict(at("a"), { options: { gracePeriodSeconds: 7 } });
    const { metadata, status } = await cluster.client.of(podKind).get(at("a"));
    const target = status.conditions.find(({ type }) => type === "DisruptionTarget");

    expect(metadata.deletionGracePeriodSeconds).to.equal(7);
    expect(target).to.include({ status: "True", reason: "EvictionByEvictionAPI", message: "Eviction API: evicting" });
    await cluster.client.of(podKind).patch(at("a"), "merge", { metadata: { finalizers: null } });
    await cluster.gone(podKind, at("a"));
  });

  it("tell of pods that no percentage can count", async () => {
    await createPods("a");
    await createBudget({ minAvailable: "50%" });
    const { status } = await budgetThat(({ observedGeneration }) => observedGeneration === 1, "the budget observed");
    expect(status).to.include({ expectedPods: 0, disruptionsAllowed: 0 });
    await cluster.untilAll(eventKind, ns, (events) => events.some(({ reason }) => reason === "UnmanagedPods"), { what: "UnmanagedPods" });
  });

  it("tell of controllers that have no scale", async () => {
    const owner = { apiVersion: "example.com/v1", kind: "Herd", name: "sheep", uid: "herd" };
    await cluster.client.of(podKind).create(pod({ name: "a", namespace: ns, nodeName: "", labels, status: {}, owner, ...unborn }));
    await createBudget({ maxUnavailable: 1 });
    const { status } = await budgetThat(({ conditions }) => conditions.length > 0, "a condition");
    expect(status.conditions[0]).to.include({
      status: "False",
      reason: "SyncFailed",
      message: 'no matches for kind "Herd" in version "example.com/v1"',
    });
    await cluster.untilAll(eventKind, ns, (events) => events.some(({ reason }) => reason === "CalculateExpectedPodCountFailed"));
  });

  async function cordon(unschedulable: boolean): Promise<void> {
    for (const { name } of cluster.nodes) {
      await cluster.client.of(nodeKind).patch({ namespace: "", name }, "merge", { spec: { unschedulable } });
    }
  }
});
