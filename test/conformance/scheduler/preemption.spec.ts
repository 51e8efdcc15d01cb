import { expect } from "chai";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../../src/api/kinds/poddisruptionbudget/kind.js";
import { priorityClassKind } from "../../../src/api/kinds/priorityclass/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { isAbort } from "../../../src/base/abort.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";

const resource = "example.com/seats";
const priorities = { low: 1, medium: 100, high: 1000, p1: 1, p2: 2, p3: 3, p4: 4 };

interface Wanted {
  readonly priority: string;
  readonly seats: number;
  readonly node?: string;
  readonly namespace?: string;
  /** Whether it does not end before its time is over, which is an hour. */
  readonly stubborn?: boolean;
  /** Further fields of the metadata, and of the spec. */
  readonly metadata?: string;
  readonly spec?: string;
}

const isRunning = ({ status }: Whole<Pod>): boolean => status.phase === "Running";
const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;
const sentenceOf = ({ status }: Whole<Pod>): string =>
  status.conditions.find(({ type, status: is }) => type === "PodScheduled" && is === "False")?.message ?? "";

describe("preemption", function () {
  this.timeout(60_000);
  let cluster: TestCluster;

  beforeEach(async () => {
    cluster = await startCluster({ nodes: 2, behaviour: ({ image }) => ({ ignoresTerminate: image === "stubborn" }) });
    const classes = cluster.client.of(priorityClassKind);
    for (const [name, value] of Object.entries(priorities)) {
      await classes.create(fromManifest(priorityClassKind, `{ metadata: { name: ${name} }, value: ${value} }`));
    }
  });
  afterEach(() => cluster?.stop());

  const seats = async (count: number): Promise<void> => {
    for (const { name } of cluster.nodes) {
      const patch = { status: { capacity: { [resource]: `${count}` } } };
      await cluster.client.of(nodeKind).patch({ namespace: "", name }, "strategic", patch, { subresource: "status" });
    }
  };
  const podSpec = ({ priority, seats: wanted, node, stubborn = false, spec = "" }: Wanted): string => {
    const selector = node === undefined ? "" : `nodeSelector: { kubernetes.io/hostname: ${node} }, `;
    const amounts = `{ ${resource}: "${wanted}" }`;
    const grace = stubborn ? 3600 : 1;
    const container = `{ name: main, image: ${stubborn ? "stubborn" : "web"}, resources: { requests: ${amounts}, limits: ${amounts} } }`;
    return `{ priorityClassName: ${priority}, ${selector}terminationGracePeriodSeconds: ${grace}, containers: [${container}]${spec} }`;
  };
  const create = async (name: string, wanted: Wanted): Promise<Whole<Pod>> => {
    const { namespace = "default", metadata = "" } = wanted;
    const yaml = `{ metadata: { name: ${name}, namespace: ${namespace}${metadata} }, spec: ${podSpec(wanted)} }`;
    return await cluster.client.of(podKind).create(fromManifest(podKind, yaml));
  };
  const get = (name: string): Promise<Whole<Pod>> => cluster.client.of(podKind).get({ namespace: "default", name });
  const until = (name: string, what: string, isSo: (pod: Whole<Pod>) => boolean, namespace = "default"): Promise<Whole<Pod>> =>
    cluster.until(podKind, { namespace, name }, isSo, { what });
  const running = (name: string, namespace?: string): Promise<Whole<Pod>> => until(name, `${name} to run`, isRunning, namespace);
  const explained = (name: string): Promise<Whole<Pod>> => until(name, `why ${name} waits`, (pod) => sentenceOf(pod) !== "");
  const gone = (name: string): Promise<void> => cluster.gone(podKind, { namespace: "default", name });
  const end = (name: string) => cluster.client.of(podKind).delete({ namespace: "default", name }, { options: { gracePeriodSeconds: 0 } });
  const eventOf = async (reason: string) => {
    const isMeant = (event: { readonly reason?: string | undefined }): boolean => event.reason === reason;
    const events = await cluster.untilAll(eventKind, "default", (all) => all.some(isMeant), { what: `an event ${reason}` });
    return events.find(isMeant);
  };

  /** A pod on each node that takes two of its three seats: of low priority on the first, of medium on the other. */
  async function occupy(): Promise<void> {
    await seats(3);
    await create("low", { priority: "low", seats: 2, node: "node-1" });
    await create("medium", { priority: "medium", seats: 2, node: "node-2" });
    await running("low");
    await running("medium");
  }

  it("makes room for a pod by taking away the least important", async () => {
    await occupy();
    const preemptor = await create("preemptor", { priority: "high", seats: 2 });

    const placed = await running("preemptor");
    expect(placed.spec.nodeName).to.equal("node-1");
    expect(placed.status.nominatedNodeName ?? "").to.equal("");
    await gone("low");
    const medium = await get("medium");
    expect([medium.status.phase, isGoing(medium)]).to.deep.equal(["Running", false]);
    const event = await eventOf("Preempted");
    expect([event?.involvedObject?.name, event?.message]).to.deep.equal([
      "low",
      `Preempted by pod ${preemptor.metadata.uid} on node node-1`,
    ]);
  });

  it("makes room for what the cluster cannot do without", async () => {
    await occupy();
    await create("critical", { priority: "system-cluster-critical", seats: 2, namespace: "kube-system" });

    expect((await running("critical", "kube-system")).spec.nodeName).to.equal("node-1");
    await gone("low");
    expect(isGoing(await get("medium"))).to.equal(false);
  });

  it("takes away no more pods of ReplicaSets than it must, and their replacements take away nobody", async () => {
    await seats(1000);
    const watching = new AbortController();
    const made = new Map<string, string>();
    const watch = (async () => {
      for await (const change of cluster.client.of(podKind).watch({ namespace: "default", signal: watching.signal })) {
        if (change.type !== "bookmark") made.set(change.object.metadata.uid, change.object.metadata.labels.app ?? "");
      }
    })().catch((error: unknown) => {
      if (!isAbort(error)) throw error;
    });
    const sizes: readonly (readonly [string, number])[] = [
      ["p1", 200],
      ["p2", 300],
      ["p3", 450],
    ];
    for (const [name, wanted] of sizes) {
      const labels = `{ app: ${name} }`;
      const spec = podSpec({ priority: name, seats: wanted, node: "node-1" });
      const template = `{ metadata: { labels: ${labels} }, spec: ${spec} }`;
      const yaml = `{ metadata: { name: ${name}, namespace: default }, spec: { replicas: 1, selector: { matchLabels: ${labels} }, template: ${template} } }`;
      await cluster.client.of(replicaSetKind).create(fromManifest(replicaSetKind, yaml));
    }
    await cluster.untilAll(podKind, "default", (pods) => pods.filter(isRunning).length === 3, { what: "three pods" });
    await create("preemptor", { priority: "p4", seats: 500, node: "node-1" });
    await running("preemptor");

    const ofSet = (pods: readonly Whole<Pod>[], app: string) => pods.filter(({ metadata }) => metadata.labels.app === app);
    const settled = await cluster.untilAll(
      podKind,
      "default",
      (pods) => ["p1", "p2"].every((app) => ofSet(pods, app).length === 1 && ofSet(pods, app).every((pod) => sentenceOf(pod) !== "")),
      { what: "the replacements to be explained" },
    );
    expect(ofSet(settled, "p3").map((pod) => [pod.status.phase, isGoing(pod)])).to.deep.equal([["Running", false]]);
    for (const app of ["p1", "p2"]) expect(sentenceOf(ofSet(settled, app)[0] as Whole<Pod>)).to.contain("preemption: ");
    // Each of their further attempts would have come before this one.
    await create("last", { priority: "low", seats: 10, node: "node-1" });
    await running("last");
    watching.abort();
    await watch;
    const counts = ["p1", "p2", "p3"].map((app) => [...made.values()].filter((label) => label === app).length);
    expect(counts).to.deep.equal([2, 2, 1]);
  });

  it("says on a pod that it is taken away, and by whom", async () => {
    await seats(3);
    await create("victim", { priority: "low", seats: 2, node: "node-1", metadata: ", finalizers: [example.com/hold]" });
    await running("victim");
    await create("preemptor", { priority: "high", seats: 2, node: "node-1" });

    const victim = await until("victim", "the victim to be going", isGoing);
    const target = victim.status.conditions.find(({ type }) => type === "DisruptionTarget");
    expect([target?.status, target?.reason, target?.message]).to.deep.equal([
      "True",
      "PreemptionByScheduler",
      "default-scheduler: preempting to accommodate a higher priority pod",
    ]);
    // It holds its seats until it has run to its end, and no longer, though it is still there.
    await running("preemptor");
    await cluster.client.of(podKind).patch({ namespace: "default", name: "victim" }, "merge", { metadata: { finalizers: null } });
    await gone("victim");
  });

  it("shows which node is promised to a pod while others leave it, and gives it to nobody less important", async () => {
    await seats(3);
    await create("victim", { priority: "low", seats: 2, node: "node-1", stubborn: true });
    await running("victim");
    await create("preemptor", { priority: "high", seats: 3, node: "node-1" });
    const waiting = await until("preemptor", "a promised node", ({ status }) => (status.nominatedNodeName ?? "") !== "");
    expect(waiting.status.nominatedNodeName).to.equal("node-1");
    const selected = await cluster.client.of(podKind).list({ namespace: "default", fieldSelector: "status.nominatedNodeName=node-1" });
    expect(selected.items.map(({ metadata }) => metadata.name)).to.deep.equal(["preemptor"]);

    await create("other", { priority: "medium", seats: 1, node: "node-1" });
    const decided = await until("other", "a decision", (pod) => sentenceOf(pod) !== "" || (pod.spec.nodeName ?? "") !== "");
    expect(decided.spec.nodeName ?? "").to.equal("");
    await end("victim");
    expect((await running("preemptor")).spec.nodeName).to.equal("node-1");
  });

  it("takes a promise back that cannot be kept", async () => {
    await seats(3);
    await create("victim", { priority: "low", seats: 2, node: "node-1", stubborn: true });
    await running("victim");
    await create("preemptor", { priority: "high", seats: 3, node: "node-1" });
    const shows = (node: string) => until("preemptor", `"${node}" promised`, ({ status }) => (status.nominatedNodeName ?? "") === node);
    await shows("node-1");
    await cluster.client.of(nodeKind).patch({ namespace: "", name: "node-1" }, "merge", { spec: { unschedulable: true } });
    await end("victim");
    await shows("");
    expect(sentenceOf(await get("preemptor"))).to.match(
      /preemption: 0\/2 nodes are available: 2 Preemption is not helpful for scheduling\.$/,
    );
  });

  it("spares pods that a disruption budget protects, where others will do", async () => {
    await seats(3);
    for (const name of ["node-1", "node-2"]) {
      await create(name, { priority: name === "node-1" ? "low" : "medium", seats: 2, node: name, metadata: `, labels: { app: ${name} }` });
      await running(name);
    }
    const budget = "{ metadata: { name: low, namespace: default }, spec: { minAvailable: 1, selector: { matchLabels: { app: node-1 } } } }";
    await cluster.client.of(podDisruptionBudgetKind).create(fromManifest(podDisruptionBudgetKind, budget));
    await cluster.until(podDisruptionBudgetKind, { namespace: "default", name: "low" }, ({ status }) => status.expectedPods === 1);
    await create("preemptor", { priority: "high", seats: 2 });

    expect((await running("preemptor")).spec.nodeName).to.equal("node-2");
    expect(isGoing(await get("node-1"))).to.equal(false);
  });

  it("lets a pod wait that must not preempt, and says so", async () => {
    await occupy();
    await cluster.client
      .of(priorityClassKind)
      .create(fromManifest(priorityClassKind, "{ metadata: { name: patient }, value: 5000, preemptionPolicy: Never }"));
    await create("patient", { priority: "patient", seats: 2 });

    expect(sentenceOf(await explained("patient"))).to.equal(
      `0/2 nodes are available: 2 Insufficient ${resource}. preemption: not eligible due to preemptionPolicy=Never.`,
    );
    expect([isGoing(await get("low")), isGoing(await get("medium"))]).to.deep.equal([false, false]);
  });

  it("says why taking pods away would not help", async () => {
    await occupy();
    await create("least", { priority: "low", seats: 2 });
    expect(sentenceOf(await explained("least"))).to.equal(
      `0/2 nodes are available: 2 Insufficient ${resource}. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.`,
    );
    await create("large", { priority: "high", seats: 4, node: "node-1" });
    expect(sentenceOf(await explained("large"))).to.equal(
      `0/2 nodes are available: 1 Insufficient ${resource}, 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`,
    );
  });

  it("takes away as many as the pod's spreading wants, though fewer would leave it the room", async () => {
    await seats(10);
    const labels = ", labels: { app: spread }";
    await create("high", { priority: "high", seats: 9, node: "node-1", metadata: labels });
    for (const name of ["low-1", "low-2", "low-3"]) await create(name, { priority: "low", seats: 3, node: "node-2", metadata: labels });
    for (const name of ["high", "low-1", "low-2", "low-3"]) await running(name);
    const selector = "labelSelector: { matchExpressions: [{ key: app, operator: Exists }] }";
    const spread = `{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, ${selector} }`;
    await create("medium", { priority: "medium", seats: 3, metadata: labels, spec: `, topologySpreadConstraints: [${spread}]` });

    expect((await running("medium")).spec.nodeName).to.equal("node-2");
    const left = await cluster.untilAll(podKind, "default", (pods) => pods.length === 3, { what: "three pods left" });
    expect(left.map(({ metadata }) => metadata.name.split("-")[0]).sort()).to.deep.equal(["high", "low", "medium"]);
  });

  it("takes away what keeps a pod off by anti-affinity", async () => {
    await seats(10);
    const off = (app: string): string => {
      const term = `{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: ${app} } } }`;
      return `, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [${term}] } }`;
    };
    await create("other", { priority: "low", seats: 1, node: "node-1", metadata: ", labels: { app: other }" });
    await create("hostile", { priority: "low", seats: 1, node: "node-2", spec: off("web") });
    await running("other");
    await running("hostile");
    await create("web", { priority: "high", seats: 1, node: "node-1", metadata: ", labels: { app: web }", spec: off("other") });
    await running("web");
    await gone("other");
    await create("more", { priority: "high", seats: 1, node: "node-2", metadata: ", labels: { app: web }" });
    await running("more");
    await gone("hostile");
  });

  it("is done by a node itself for what the cluster cannot do without, and was bound to it", async () => {
    const bound = (name: string, namespace: string, cpu: number, priority: string): Promise<unknown> => {
      const container = `{ name: main, image: web, resources: { requests: { cpu: ${cpu} } } }`;
      const spec = `{ nodeName: node-1, priorityClassName: ${priority}, terminationGracePeriodSeconds: 1, containers: [${container}] }`;
      return cluster.client
        .of(podKind)
        .create(fromManifest(podKind, `{ metadata: { name: ${name}, namespace: ${namespace} }, spec: ${spec} }`));
    };
    await bound("most", "default", 20, "high");
    await bound("little", "default", 2, "high");
    await running("most");
    await running("little");
    await bound("critical", "kube-system", 15, "system-node-critical");

    await running("critical", "kube-system");
    const { status } = await until("most", "the end of the one in the way", (pod) => pod.status.phase === "Failed");
    expect([status.reason, status.message]).to.deep.equal(["Preempting", "Preempted in order to admit critical pod"]);
    expect((await get("little")).status.phase).to.equal("Running");
  });
});
