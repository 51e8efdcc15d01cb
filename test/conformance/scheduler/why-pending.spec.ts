import { expect } from "chai";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { placementRecordKind } from "../../../src/api/kinds/placementrecord/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { FakeCli } from "../../fakes/fake-cli-env.js";
import { Situation } from "./why-situation.js";

const pod = (name: string, spec: string, labels = "{}"): string => `
metadata: { name: ${name}, labels: ${labels} }
spec:
  containers: [{ name: main, image: hollow }]
${spec
  .trim()
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
`;

/** On a hollow node of 32 CPUs. */
const hungry = (name: string, cpu: number): string => `
metadata: { name: ${name} }
spec:
  containers: [{ name: main, image: hollow, resources: { requests: { cpu: "${cpu}" } } }]
`;

describe("why a pod is pending", () => {
  let cluster: TestCluster;
  let situation: Situation;

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    situation = await Situation.create(cluster);
  });
  afterEach(async () => {
    await cluster.client.of(nodeKind).patch({ namespace: "", name: "node-1" }, "merge", { spec: { unschedulable: null, taints: null } });
    await cluster.client.of(podKind).deleteCollection({ namespace: situation.ns }, { options: { gracePeriodSeconds: 0 } });
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.length === 0);
  });

  it("a nodeSelector that no node has", async () => {
    await situation.make(podKind, pod("web", "nodeSelector: { disk: ssd }"));
    await situation.refused("web");
    const finding = await situation.askAndFollow("pod/web", {
      code: "Unschedulable",
      headline: new RegExp(`^pod ${situation.ns}/web is pending: no node fits$`),
      evidence: [/0\/1 nodes are available: 1 node\(s\) didn't match Pod's node affinity\/selector/, /node-1: node\(s\) didn't match/],
      suggestion: /nodeSelector/,
    });
    expect(finding.nodes).to.have.length(1);
    await situation.runs("web");
  });

  it("more CPU than is free: others leave", async () => {
    await situation.make(podKind, hungry("first", 20));
    await situation.runs("first");
    await situation.make(podKind, hungry("second", 20));
    await situation.refused("second");
    await situation.askAndFollow("pod/second", {
      code: "Unschedulable",
      headline: /no node fits/,
      evidence: [/1 Insufficient cpu/, /node-1: Insufficient cpu: .*20/],
      suggestion: /free|first/,
    });
    await situation.runs("second");
  });

  it("a node that is cordoned", async () => {
    await cluster.client.of(nodeKind).patch({ namespace: "", name: "node-1" }, "merge", { spec: { unschedulable: true } });
    await situation.make(podKind, pod("web", "enableServiceLinks: true"));
    await situation.refused("web");
    await situation.askAndFollow("pod/web", {
      code: "Unschedulable",
      headline: /no node fits/,
      evidence: [/1 node\(s\) were unschedulable/],
      suggestion: /uncordon node-1/,
    });
    await situation.runs("web");
  });

  it("a taint that it does not tolerate", async () => {
    const taints = [{ key: "gpu", value: "yes", effect: "NoSchedule" }];
    await cluster.client.of(nodeKind).patch({ namespace: "", name: "node-1" }, "merge", { spec: { taints } });
    await situation.make(podKind, pod("web", "enableServiceLinks: true"));
    await situation.refused("web");
    await situation.askAndFollow("pod/web", {
      code: "Unschedulable",
      headline: /no node fits/,
      evidence: [/untolerated taint/, /node-1: .*gpu/],
    });
    await situation.runs("web");
  });

  it("a port of the node that another pod has", async () => {
    const ported = (name: string): string => `
metadata: { name: ${name} }
spec: { containers: [{ name: main, image: hollow, ports: [{ containerPort: 80, hostPort: 8080 }] }] }
`;
    await situation.make(podKind, ported("first"));
    await situation.runs("first");
    await situation.make(podKind, ported("second"));
    await situation.refused("second");
    await situation.askAndFollow("pod/second", { code: "Unschedulable", headline: /no node fits/, evidence: [/free ports/, /8080/] });
    await situation.runs("second");
  });

  it("an affinity to pods that are not there", async () => {
    await situation.make(
      podKind,
      pod(
        "web",
        `
affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - { labelSelector: { matchLabels: { app: cache } }, topologyKey: kubernetes.io/hostname }
`,
      ),
    );
    await situation.refused("web");
    await situation.askAndFollow("pod/web", { code: "Unschedulable", headline: /no node fits/, evidence: [/pod affinity rules/] });
    await situation.runs("web");
  });

  it("an anti-affinity to a pod that is there", async () => {
    const apart = `
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - { labelSelector: { matchLabels: { app: web } }, topologyKey: kubernetes.io/hostname }
`;
    await situation.make(podKind, pod("first", apart, "{ app: web }"));
    await situation.runs("first");
    await situation.make(podKind, pod("second", apart, "{ app: web }"));
    await situation.refused("second");
    await situation.askAndFollow("pod/second", { code: "Unschedulable", headline: /no node fits/, evidence: [/anti-affinity rules/] });
    await situation.runs("second");
  });

  it("a scheduling gate", async () => {
    await situation.make(podKind, pod("web", "schedulingGates: [{ name: example.com/licence }]"));
    await situation.pod("web", "to be gated", ({ status }) => status.conditions.some(({ reason }) => reason === "SchedulingGated"));
    await situation.askAndFollow("pod/web", {
      code: "SchedulingGated",
      headline: /is pending: it is held back by scheduling gate example.com\/licence$/,
      evidence: [/condition PodScheduled is False.*SchedulingGated/, /whoever set the gates/],
    });
    await situation.runs("web");
  });

  it("a scheduler that there is not", async () => {
    await situation.make(podKind, pod("web", "schedulerName: nobody"));
    await situation.askAndFollow("pod/web", {
      code: "NotScheduled",
      headline: /no scheduler by the name of nobody has looked at it/,
      evidence: [/schedulerName is nobody/],
    });
    await situation.runs("web");
  });

  it("nothing at all: it runs, and why there", async () => {
    await situation.make(podKind, pod("web", "enableServiceLinks: true"));
    await situation.runs("web");
    const diagnosis = await situation.why("pod/web");
    expect(diagnosis.healthy).to.equal(true);
    expect(diagnosis.headline).to.match(/is running and ready: it runs on node node-1 and is ready/);

    // The record is written a moment after the decision.
    await cluster.untilAll(placementRecordKind, situation.ns, (records) => records.some((record) => record.pod?.name === "web"));
    const placed = (await situation.why("pod/web")).findings.find(({ code }) => code === "Placed");
    expect(placed?.headline).to.match(/^the scheduler chose node node-1: 1 of 1 nodes would do, decided in [\d.]+ ms$/);
    expect(placed?.nodes?.[0]).to.include({ node: "node-1", verdict: "chosen" });
  });

  it("says so in text, and what is not there as kubectl does", async () => {
    await situation.make(podKind, pod("web", "nodeSelector: { disk: ssd }"));
    await situation.refused("web");
    const cli = new FakeCli({ client: cluster.client, namespace: situation.ns });
    expect(await cli.run("why", "pod/web")).to.equal(0);
    expect(cli.out)
      .to.match(/^pod why-\d+\/web is pending: no node fits\n {2}condition PodScheduled is False/)
      .and.match(/ {2}NODE +VERDICT +DETAIL\n {2}node-1 +node\(s\) didn't match/)
      .and.match(/ {2}What would help.*:\n {4}- /);
    expect(await cli.run("why", "pod/gone")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): pods "gone" not found\n');
  });
});
