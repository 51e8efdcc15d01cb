import { expect } from "chai";
import { controllerRevisionKind } from "../../../src/api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../../src/api/kinds/daemonset/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import type { DaemonSet, DaemonSetStatus } from "../../../src/gen/howbernetes/apps/v1/daemonset.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { daemonSet, namespace } from "../../builders/index.js";

/** As a client sends it. */
const unborn = { uid: "", resourceVersion: "" };
const isReady = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;
const imageOf = ({ spec }: Whole<Pod>): string => spec.containers[0]?.image ?? "";
const uidsOf = (pods: readonly Whole<Pod>[]): string[] => pods.map(({ metadata }) => metadata.uid).sort();
const nodesOf = (pods: readonly Whole<Pod>[]): string[] => pods.map(({ spec }) => spec.nodeName ?? "").sort();

describe("daemon sets", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 3, behaviour: ({ image }) => (image === "broken:1" ? { startError: "no such program" } : {}) });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `daemons-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });
  afterEach(async () => {
    await cluster.client
      .of(daemonSetKind)
      .delete({ namespace: ns, name: "agent" })
      .catch((_gone: unknown) => undefined);
  });

  const key = () => ({ namespace: ns, name: "agent" });
  const create = (options: Parameters<typeof daemonSet>[0] = {}) =>
    cluster.client.of(daemonSetKind).create(daemonSet({ namespace: ns, status: {}, ...options, ...unborn }));
  const patch = (spec: object) => cluster.client.of(daemonSetKind).patch(key(), "strategic", { spec });
  const setImage = (image: string) => patch({ template: { spec: { containers: [{ name: "main", image }] } } });
  const label = (node: string, labels: Readonly<Record<string, string | null>>) =>
    cluster.client.of(nodeKind).patch({ namespace: "", name: node }, "merge", { metadata: { labels } });
  const untilPods = (what: string, predicate: (pods: readonly Whole<Pod>[]) => boolean) =>
    cluster.untilAll(podKind, ns, predicate, { what });
  const runsOn = (...nodes: readonly string[]) =>
    untilPods(`ready pods on ${nodes.join(", ") || "no node"}`, (pods) => {
      const on = nodesOf(pods.filter((pod) => isReady(pod) && !isGoing(pod)));
      return pods.every((pod) => !isGoing(pod)) && on.join() === [...nodes].sort().join() && pods.length === on.length;
    });
  const untilStatus = (what: string, predicate: (status: DaemonSetStatus) => boolean) =>
    cluster.until(daemonSetKind, key(), ({ status }) => predicate(status), { what });
  const isDone = ({ metadata, status }: Whole<DaemonSet>): boolean =>
    status.observedGeneration === metadata.generation && status.updatedNumberScheduled === 3 && status.numberAvailable === 3;
  const reasons = async (): Promise<string[]> => {
    const { items } = await cluster.client.of(eventKind).list({ namespace: ns, fieldSelector: "involvedObject.kind=DaemonSet" });
    return items.map(({ reason }) => reason ?? "");
  };

  it("run a pod on every node, and another one where one is deleted", async () => {
    await create();
    const [first] = await runsOn("node-1", "node-2", "node-3");
    if (first === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).delete(keyOf(first));
    await cluster.gone(podKind, keyOf(first));
    const pods = await runsOn("node-1", "node-2", "node-3");

    expect(uidsOf(pods)).not.to.include(first.metadata.uid);
    const { status } = await untilStatus("3 available", ({ numberAvailable }) => numberAvailable === 3);
    expect(status).to.include({ desiredNumberScheduled: 3, currentNumberScheduled: 3, numberReady: 3, updatedNumberScheduled: 3 });
    expect(new Set(await reasons())).to.deep.equal(new Set(["SuccessfulCreate"]));
  });

  it("follow the labels of nodes", async () => {
    await create({ template: { nodeSelector: { colour: "blue" } } });
    await untilStatus("no node", ({ observedGeneration }) => observedGeneration === 1);
    expect((await cluster.client.of(podKind).list({ namespace: ns })).items).to.deep.equal([]);

    await label("node-2", { colour: "blue" });
    await runsOn("node-2");
    await label("node-2", { colour: "green" });
    await runsOn();
    await patch({ template: { spec: { nodeSelector: { colour: "green" } } } });
    await runsOn("node-2");
    await label("node-2", { colour: null });
    await runsOn();
  });

  it("replace pods that failed", async () => {
    await create();
    const [failed] = await runsOn("node-1", "node-2", "node-3");
    if (failed === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).updateStatus({ ...failed, status: { ...failed.status, phase: "Failed" } });
    await cluster.gone(podKind, keyOf(failed));
    await runsOn("node-1", "node-2", "node-3");

    expect(await reasons()).to.include.members(["FailedDaemonPod", "SuccessfulDelete"]);
  });

  it("exchange their pods when the template changes, so that enough stay available", async () => {
    await create({ template: { image: "one:1" } });
    const before = await runsOn("node-1", "node-2", "node-3");
    let fewest = 3;
    const stop = new AbortController();
    const watching = (async () => {
      const live = new Map(before.map((pod) => [pod.metadata.uid, pod]));
      for await (const event of cluster.client.of(podKind).watch({ namespace: ns, signal: stop.signal })) {
        if (event.type === "bookmark") continue;
        if (event.type === "deleted") live.delete(event.object.metadata.uid);
        else live.set(event.object.metadata.uid, event.object);
        fewest = Math.min(fewest, [...live.values()].filter((pod) => isReady(pod) && !isGoing(pod)).length);
      }
    })().catch((_aborted: unknown) => undefined);
    await setImage("two:2");
    await cluster.until(daemonSetKind, key(), isDone, { what: "the end of the rollout" });
    stop.abort();
    await watching;
    const pods = await runsOn("node-1", "node-2", "node-3");

    expect(new Set(pods.map(imageOf))).to.deep.equal(new Set(["two:2"]));
    expect(uidsOf(pods)).not.to.include.members([uidsOf(before)[0]]);
    expect(fewest).to.equal(2);
    const { items } = await cluster.client.of(controllerRevisionKind).list({ namespace: ns });
    expect(items.map(({ revision }) => revision).sort()).to.deep.equal([1, 2]);
  });

  it("go back to the template before without a restart of the pods that still have it", async () => {
    await create({ template: { image: "one:1" } });
    const before = await runsOn("node-1", "node-2", "node-3");
    await setImage("broken:1");
    await untilPods("a pod of the bad template", (pods) => pods.some((pod) => imageOf(pod) === "broken:1"));
    await setImage("one:1");
    await cluster.until(daemonSetKind, key(), isDone, { what: "the end of the rollback" });
    const after = await runsOn("node-1", "node-2", "node-3");

    expect(uidsOf(after).filter((uid) => uidsOf(before).includes(uid))).to.have.length(2);
    const { items } = await cluster.client.of(controllerRevisionKind).list({ namespace: ns });
    expect(items.map(({ revision }) => revision).sort()).to.deep.equal([2, 3]);
  });

  it("go with their pods when they are deleted together", async () => {
    await create({ labels: { tier: "node" } });
    await runsOn("node-1", "node-2", "node-3");
    const { items } = await cluster.client.of(daemonSetKind).list({ labelSelector: "tier=node" });
    expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(["agent"]);
    await cluster.client.of(daemonSetKind).deleteCollection({ namespace: ns, labelSelector: "tier=node" });
    await runsOn();
    await cluster.untilAll(controllerRevisionKind, ns, (all) => all.length === 0, { what: "no revisions" });
  });

  it("reach nodes that join late, and leave those that go", async () => {
    await create();
    await runsOn("node-1", "node-2", "node-3");
    const late = await cluster.addNode("late");
    await runsOn("late", "node-1", "node-2", "node-3");
    await late.stop();
    await cluster.client.of(nodeKind).delete({ namespace: "", name: "late" });
    await runsOn("node-1", "node-2", "node-3");
    await untilStatus("3 nodes", ({ desiredNumberScheduled, numberAvailable }) => desiredNumberScheduled === 3 && numberAvailable === 3);
  });

  it("stay on cordoned nodes, and leave those that drive them away", async () => {
    await create();
    await runsOn("node-1", "node-2", "node-3");
    const taint = (node: string, spec: object) => cluster.client.of(nodeKind).patch({ namespace: "", name: node }, "merge", { spec });
    await taint("node-1", { unschedulable: true });
    await taint("node-2", { taints: [{ key: "repair", effect: "NoExecute" }] });
    await runsOn("node-1", "node-3");
    await taint("node-1", { unschedulable: null });
    await taint("node-2", { taints: null });
    await runsOn("node-1", "node-2", "node-3");
  });

  it("start the new pod before the old one ends when they may surge", async () => {
    await create({ template: { image: "one:1" }, maxUnavailable: 0, maxSurge: "100%" });
    await runsOn("node-1", "node-2", "node-3");
    const bad = await setImage("broken:1");
    await untilPods("new pods beside the old ones", (pods) => pods.length === 6 && pods.every((pod) => !isGoing(pod)));
    expect((await untilStatus("3 available", ({ numberAvailable }) => numberAvailable === 3)).metadata.generation).to.equal(
      bad.metadata.generation,
    );
    await setImage("two:2");
    await cluster.until(daemonSetKind, key(), isDone, { what: "the end of the rollout" });
    const pods = await runsOn("node-1", "node-2", "node-3");
    expect(new Set(pods.map(imageOf))).to.deep.equal(new Set(["two:2"]));
  });
});
