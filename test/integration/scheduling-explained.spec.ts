import { expect } from "chai";
import { makeWhole } from "../../src/api/codec/whole.js";
import { isBadRequest, isNotFound } from "../../src/api/errors.js";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { placementRecordKind } from "../../src/api/kinds/placementrecord/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../src/api/kinds/poddisruptionbudget/kind.js";
import { type ExplainPlacementResponse, SchedulingService } from "../../src/gen/howbernetes/api/v1/scheduling.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { namespace } from "../builders/index.js";
import { eventually } from "../eventually.js";
import { FakeCli } from "../fakes/fake-cli-env.js";

const containers = (cpu: string) => [{ name: "main", image: "hollow", resources: { requests: { cpu: { string: cpu } } } }];

describe("what the scheduler tells", function () {
  this.timeout(90_000);
  let cluster: TestCluster;
  let ns: string;
  let namespaces = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `told-${++namespaces}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, uid: "", resourceVersion: "" }));
  });
  afterEach(async () => {
    await cluster.client.of(deploymentKind).deleteCollection({ namespace: ns });
    await cluster.client.of(podKind).deleteCollection({ namespace: ns }, { options: { gracePeriodSeconds: 0 } });
    await cluster.untilAll(podKind, ns, (pods) => pods.length === 0);
  });

  const explain = (name: string): Promise<ExplainPlacementResponse> =>
    cluster.client.raw(SchedulingService, "unary").explainPlacement({ namespace: ns, name });
  const create = (name: string, spec: object = {}) =>
    cluster.client
      .of(podKind)
      .create(makeWhole(podKind, { metadata: { namespace: ns, name }, spec: { containers: containers("10m"), ...spec } }));
  const recorded = (name: string, nodeName: RegExp) =>
    cluster.untilAll(placementRecordKind, ns, (records) =>
      records.some(({ pod, placement }) => pod?.name === name && nodeName.test(placement?.nodeName ?? "")),
    );
  const howbectl = async (...words: string[]): Promise<FakeCli & { code: number }> => {
    const cli = new FakeCli({ client: cluster.client, namespace: ns });
    return Object.assign(cli, { code: await cli.run(...words) });
  };
  const deploy = async (name: string, replicas: number, cpu: string): Promise<void> => {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: containers(cpu) } };
    await cluster.client
      .of(deploymentKind)
      .create(
        makeWhole(deploymentKind, { metadata: { namespace: ns, name }, spec: { replicas, selector: { matchLabels: labels }, template } }),
      );
    await cluster.untilAll(
      podKind,
      ns,
      (pods) =>
        pods.filter(
          ({ metadata, status }) =>
            metadata.labels.app === name && status.conditions.some((c) => c.type === "Ready" && c.status === "True"),
        ).length === replicas,
    );
  };
  const nodesOf = async (): Promise<readonly string[]> =>
    (await cluster.client.of(podKind).list({ namespace: ns })).items.map(({ spec }) => spec.nodeName ?? "").sort();

  it("is why a pod was placed where it is, also when the pod has gone", async () => {
    await create("placed");
    await recorded("placed", /./);
    const { record, live } = await explain("placed");
    const { placement } = record ?? {};
    expect(live).to.equal(undefined);
    expect([placement?.nodeCount, placement?.feasibleCount, placement?.attempts]).to.deep.equal([2, 2, 1]);
    expect(placement?.ranking[0]?.nodeName).to.equal(placement?.nodeName);
    expect(placement?.ranking[0]?.parts.map(({ plugin }) => plugin)).to.include("NodeResourcesFit");

    await cluster.client.of(podKind).delete({ namespace: ns, name: "placed" }, { options: { gracePeriodSeconds: 0 } });
    await cluster.gone(podKind, { namespace: ns, name: "placed" });
    expect((await explain("placed")).record).to.deep.equal(record);
    const table = await howbectl("get", "placementrecords");
    expect(table.out).to.match(/^NAME +POD +NODE +FEASIBLE +ATTEMPTS +AGE\nplaced\.[0-9a-f]{12} +placed +node-[12] +2\/2 +1 /);
  });

  it("is why no node will do for a pod, and what would help: done, it does", async () => {
    await create("picky", { nodeSelector: { disk: "ssd" } });
    const { live } = await eventually(async () => {
      const answer = await explain("picky");
      expect(answer.live?.verdicts).to.have.length(2);
      return answer;
    });
    expect(live?.message).to.equal("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.");
    expect(live?.suggestions.map(({ text }) => text)).to.deep.equal(["drop nodeSelector disk=ssd", "label node node-1 disk=ssd"]);
    await recorded("picky", /^$/);

    const { code } = await howbectl(...(live?.suggestions[1]?.changes[0]?.command ?? []));
    expect(code).to.equal(0);
    await cluster.until(podKind, { namespace: ns, name: "picky" }, ({ spec }) => spec.nodeName === "node-1");
    await recorded("picky", /^node-1$/);
    expect((await explain("picky")).record?.placement?.attempts).to.be.greaterThan(1);
    await howbectl("label", "node", "node-1", "disk-");
  });

  it("is nothing of what there is not, and of what is another scheduler's to place", async () => {
    expect(isNotFound(await explain("nobody").catch((error: unknown) => error))).to.equal(true);
    await create("theirs", { schedulerName: "another" });
    const error = await eventually(async () => {
      const told = await explain("theirs").catch((problem: unknown) => problem);
      expect(isBadRequest(told)).to.equal(true);
      return told;
    });
    expect((error as Error).message).to.contain('"another", which is another scheduler');
  });

  it("is what would not fit if a node were lost", async () => {
    // Of 32 CPUs a node: one fits beside another, two do not.
    await deploy("web", 4, "12");
    const risk = await howbectl("cluster", "risk", "--exit-code");
    expect(risk.code).to.equal(2);
    expect(risk.out).to.match(/node-1 +2 +2 +deployment\/web \(2\)\nnode-2 +2 +2 +deployment\/web \(2\)/);
    expect(risk.out).to.contain("2 pods would not fit: 0/1 nodes are available: 1 Insufficient cpu.");
    await cluster.client.of(deploymentKind).patch({ namespace: ns, name: "web" }, "merge", { spec: { replicas: 2 } });
    await cluster.untilAll(podKind, ns, (pods) => pods.length === 2);
    // Whichever two were left: on one node or on two.
    const less = await eventually(async () => {
      const again = await howbectl("cluster", "risk", "--exit-code");
      expect(again.code).to.equal(0);
      return again;
    });
    expect(less.out).to.contain("all would fit elsewhere");
    expect((await howbectl("cluster", "risk", "--node", "nobody")).err).to.contain('nodes "nobody" not found');
  });

  it("moves pods off an overfull node when it is told to, within their budgets", async () => {
    await howbectl("cordon", "node-2");
    await deploy("web", 4, "6");
    await howbectl("uncordon", "node-2");
    await cluster.until(nodeKind, { namespace: "", name: "node-2" }, ({ spec }) => spec.unschedulable !== true);
    const budget = {
      metadata: { namespace: ns, name: "web" },
      spec: { minAvailable: { type: 0, intVal: 4 }, selector: { matchLabels: { app: "web" } } },
    };
    await cluster.client.of(podDisruptionBudgetKind).create(makeWhole(podDisruptionBudgetKind, budget));
    await cluster.until(podDisruptionBudgetKind, { namespace: ns, name: "web" }, ({ status }) => status.expectedPods === 4);
    const kept = await eventually(async () => {
      const tried = await howbectl("rebalance", "--yes");
      expect(tried.err).to.contain("75% of cpu stays requested of node-1");
      return tried;
    });
    expect(kept.out).to.equal("No pods to move\n");

    await cluster.client.of(podDisruptionBudgetKind).patch({ namespace: ns, name: "web" }, "merge", { spec: { minAvailable: 3 } });
    const planned = await eventually(async () => {
      const plan = await howbectl("rebalance", "--dry-run");
      expect(plan.out).to.contain("node-1   node-2");
      return plan;
    });
    expect(planned.out).to.match(/node-1 +75% -> \d+%/);
    expect(await nodesOf()).to.deep.equal(["node-1", "node-1", "node-1", "node-1"]);

    const moved = await howbectl("rebalance", "--yes");
    expect(moved.err).to.equal("");
    expect(moved.code).to.equal(0);
    expect(moved.out).to.match(/^evicting pod told-\d+\/web-\S+\npod\/web-\S+ evicted, pod\/web-\S+ ready on node-2\n/);
    expect((await nodesOf()).filter((name) => name === "node-2").length).to.be.greaterThan(0);
    expect((await howbectl("rebalance", "--yes")).out).to.equal("No pods to move\n");
  });
});
