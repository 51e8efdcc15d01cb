import { expect } from "chai";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { jobKind } from "../../../src/api/kinds/job/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { controllers } from "../../../src/controllers/list.js";
import { createPodGcController } from "../../../src/controllers/pod-gc/index.js";
import type { Event } from "../../../src/gen/howbernetes/core/v1/event.js";
import type { Node } from "../../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { job, namespace, type PodOptions, pod } from "../../builders/index.js";

/** As a client sends it. */
const unborn = { uid: "", resourceVersion: "" };
const maintenance = { key: "example.com/maintenance", value: "now", effect: "NoExecute" };
const tolerating = (tolerationSeconds?: number) => [{ ...maintenance, operator: "Equal", tolerationSeconds }];
const isReady = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
const keptTerminated = 5;

describe("nodes and their pods", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    const createFewerKept: typeof createPodGcController = (deps) => createPodGcController(deps, { terminatedThreshold: keptTerminated });
    cluster = await startCluster({
      nodes: 2,
      behaviour: ({ image }) => (image === "ends:1" ? { exit: { afterMs: 0, code: 0 } } : {}),
      controllers: controllers.map((each) => (each.create === createPodGcController ? { ...each, create: createFewerKept } : each)),
    });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `nodes-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });

  const at = (name: string) => ({ namespace: ns, name });
  const pods = () => cluster.client.of(podKind);
  const nodes = () => cluster.client.of(nodeKind);
  const onNode1 = { nodeSelector: { "kubernetes.io/hostname": "node-1" } };
  const create = (options: PodOptions) => pods().create(pod({ namespace: ns, nodeName: "", status: {}, ...unborn, ...options }));
  const ready = (name: string) => cluster.until(podKind, at(name), isReady, { what: `${name} ready` });
  const taint = (name: string, taints: readonly object[]) => nodes().patch({ namespace: "", name }, "merge", { spec: { taints } });
  const nodeThat = (name: string, predicate: (node: Whole<Node>) => boolean, what: string) =>
    cluster.until(nodeKind, { namespace: "", name }, predicate, { what });
  const taintsOf = ({ spec }: Whole<Node>): readonly string[] => spec.taints.map(({ key, effect }) => `${key}:${effect}`);
  const held = { finalizers: ["example.com/hold"] };
  const letGo = (name: string) => pods().patch(at(name), "merge", { metadata: { finalizers: null } });
  /** Waits until Events have told something so often, together. */
  const told = (reason: string, text: string, times = 1) => {
    const countOf = (event: Whole<Event>) => (event.reason === reason && event.message === text ? (event.count ?? 0) : 0);
    const areEnough = (events: readonly Whole<Event>[]) => events.reduce((sum, event) => sum + countOf(event), 0) >= times;
    return cluster.untilAll(eventKind, ns, areEnough, { what: `${reason}: ${text}` });
  };
  const targetOf = ({ status }: Whole<Pod>): unknown => {
    const found = status.conditions.find(({ type }) => type === "DisruptionTarget");
    return found === undefined ? undefined : [found.status, found.reason, found.message];
  };

  describe("a NoExecute taint", () => {
    afterEach(() => taint("node-1", []));

    it("evicts at once what does not tolerate it, and says why", async () => {
      await create({ name: "intolerant", ...onNode1, ...held });
      await create({ name: "tolerant", ...onNode1, tolerations: tolerating() });
      await Promise.all([ready("intolerant"), ready("tolerant")]);
      await taint("node-1", [maintenance]);
      const evicted = await cluster.until(podKind, at("intolerant"), ({ metadata }) => metadata.deletionTimestamp !== undefined);

      expect(targetOf(evicted)).to.deep.equal(["True", "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"]);
      await told("TaintManagerEviction", `Marking for deletion Pod ${ns}/intolerant`);
      expect((await pods().get(at("tolerant"))).metadata.deletionTimestamp).to.equal(undefined);
      await letGo("intolerant");
      await cluster.gone(podKind, at("intolerant"));
    });

    it("evicts each pod when its own time is over", async () => {
      await create({ name: "soon", ...onNode1, tolerations: tolerating(600) });
      await create({ name: "later", ...onNode1, tolerations: tolerating(7_200) });
      await Promise.all([ready("soon"), ready("later")]);
      await taintUntilSeen("first");
      cluster.clock.advance(700_000);
      await cluster.gone(podKind, at("soon"), { what: "the pod that tolerates ten minutes gone" });
      expect((await pods().get(at("later"))).metadata.deletionTimestamp).to.equal(undefined);
      cluster.clock.advance(7_200_000);
      await cluster.gone(podKind, at("later"), { what: "the pod that tolerates two hours gone" });
    });

    it("evicts nothing once it is removed in time", async () => {
      await create({ name: "patient", ...onNode1, tolerations: tolerating(600) });
      await ready("patient");
      for (const times of [1, 2]) {
        await taintUntilSeen(`before-${times}`);
        await taint("node-1", []);
        await told("TaintManagerEviction", `Cancelling deletion of Pod ${ns}/patient`, times);
        cluster.clock.advance(3_600_000);
      }
      await taintUntilSeen("after");
      const { metadata, status } = await pods().get(at("patient"));
      expect([metadata.deletionTimestamp, status.phase]).to.deep.equal([undefined, "Running"]);
    });

    /** Taints the node; that a pod which does not tolerate it is evicted shows that the taint has been seen. */
    async function taintUntilSeen(intolerant: string): Promise<void> {
      await create({ name: intolerant, ...onNode1 });
      await ready(intolerant);
      await taint("node-1", [maintenance]);
      await cluster.gone(podKind, at(intolerant));
    }
  });

  it("are tainted while they are cordoned", async () => {
    await nodes().patch({ namespace: "", name: "node-1" }, "merge", { spec: { unschedulable: true } });
    const cordoned = await nodeThat("node-1", (node) => taintsOf(node).length > 0, "a taint");
    expect(taintsOf(cordoned)).to.deep.equal(["node.kubernetes.io/unschedulable:NoSchedule"]);
    await nodes().patch({ namespace: "", name: "node-1" }, "merge", { spec: { unschedulable: null } });
    await nodeThat("node-1", (node) => taintsOf(node).length === 0, "no taint");
  });

  it("keep new pods away while they lack something", async () => {
    const pressure = (status: string) => ({ status: { conditions: [{ type: "NetworkUnavailable", status }] } });
    await nodes().patch({ namespace: "", name: "node-1" }, "strategic", pressure("True"), { subresource: "status" });
    const pressed = await nodeThat("node-1", (node) => taintsOf(node).length > 0, "a taint");
    expect(taintsOf(pressed)).to.deep.equal(["node.kubernetes.io/network-unavailable:NoSchedule"]);
    await nodes().patch({ namespace: "", name: "node-1" }, "strategic", pressure("False"), { subresource: "status" });
    await nodeThat("node-1", (node) => taintsOf(node).length === 0, "no taint");
  });

  it("lose for good what was told to go when they are out of service", async () => {
    const lost = await cluster.addNode("lost");
    await create({ name: "stuck", nodeSelector: { "kubernetes.io/hostname": "lost" } });
    await ready("stuck");
    await lost.stop();
    await nodeThat("lost", (node) => taintsOf(node).includes("node.kubernetes.io/unreachable:NoExecute"), "the node unreachable");
    cluster.clock.advance(60_000);
    await cluster.until(podKind, at("stuck"), ({ metadata }) => metadata.deletionTimestamp !== undefined, { what: "the pod evicted" });

    const outOfService = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };
    await nodes().patch({ namespace: "", name: "lost" }, "json", [{ op: "add", path: "/spec/taints/-", value: outOfService }]);
    await cluster.gone(podKind, at("stuck"), { what: "the pod of the node out of service gone" });
    await nodes().delete({ namespace: "", name: "lost" });
  });

  it("take their pods with them when they are deleted, which say so", async () => {
    const doomed = await cluster.addNode("doomed");
    await create({ name: "orphan", nodeSelector: { "kubernetes.io/hostname": "doomed" }, ...held });
    await ready("orphan");
    await nodes().delete({ namespace: "", name: "doomed" });
    const orphan = await cluster.until(podKind, at("orphan"), ({ metadata }) => metadata.deletionTimestamp !== undefined);

    expect(orphan.status.phase).to.equal("Failed");
    expect(targetOf(orphan)).to.deep.equal(["True", "DeletionByPodGC", "PodGC: node no longer exists"]);
    await letGo("orphan");
    await cluster.gone(podKind, at("orphan"));
    await doomed.stop();
  });

  it("keep the youngest of the pods that have finished", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    for (const name of names) {
      await create({ name, image: "ends:1", spec: { restartPolicy: "Never" } });
      // Ages are told apart by the second.
      cluster.clock.advance(1_000);
    }
    const kept = await cluster.untilAll(
      podKind,
      ns,
      (all) => all.length === keptTerminated && all.every(({ status }) => status.phase === "Succeeded"),
      { what: `${keptTerminated} finished pods` },
    );
    expect(kept.map(({ metadata }) => metadata.name)).to.deep.equal(names.slice(-keptTerminated));
  });

  describe("a finished Job", () => {
    const finished = { type: "Complete", status: "True", lastProbeTime: null };
    const jobs = () => cluster.client.of(jobKind);

    /** A Job that says that it finished so long ago, whoever ran it. */
    async function finishedJob(ttlSecondsAfterFinished: number, agoMs: number): Promise<void> {
      const created = job({
        name: "done",
        namespace: ns,
        suspend: true,
        spec: { ttlSecondsAfterFinished, selector: undefined },
        ...unborn,
      });
      for (const key of Object.keys(created.spec.template?.metadata?.labels ?? {})) {
        if (key.startsWith("batch.kubernetes.io/") && created.spec.template?.metadata !== undefined) {
          delete created.spec.template.metadata.labels[key];
        }
      }
      await jobs().create(created);
      const at0 = new Date(Math.floor((cluster.clock.now() - agoMs) / 1_000) * 1_000).toISOString().replace(".000", "");
      const conditions = [
        { type: "SuccessCriteriaMet", status: "True", lastTransitionTime: at0 },
        { ...finished, lastTransitionTime: at0 },
      ];
      const status = { startTime: at0, completionTime: at0, succeeded: 1, conditions };
      await jobs().patch(at("done"), "merge", { status }, { subresource: "status" });
    }

    it("is deleted when its time to live is over", async () => {
      await finishedJob(3_600, 0);
      cluster.clock.advance(1_800_000);
      expect((await jobs().get(at("done"))).metadata.deletionTimestamp).to.equal(undefined);
      cluster.clock.advance(1_900_000);
      await cluster.gone(jobKind, at("done"));
    });
  });
});
