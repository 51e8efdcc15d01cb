import { expect } from "chai";
import { deployment } from "../../test/builders/index.js";
import { deploymentKind } from "../api/kinds/deployment/kind.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import { deferred, isAbort } from "../base/abort.js";
import { InvariantError } from "../base/invariant.js";
import type { ListedController } from "../controllers/list.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";
import { startCluster } from "./start-cluster.js";
import type { TestCluster } from "./test-cluster.js";

const isReady = ({ status }: Whole<Node>): boolean => status.conditions.some((each) => each.type === "Ready" && each.status === "True");

describe("a test's cluster that is broken", () => {
  it("ends all the same, and says what broke", async () => {
    const begun = deferred();
    const run = async (): Promise<void> => {
      begun.resolve();
      throw new InvariantError("it is broken");
    };
    const broken: ListedController = { component: "broken-controller", create: () => ({ name: "broken", run }) };
    const cluster = await startCluster({ nodes: 0, scheduler: false, controllers: [broken] });
    await begun.promise;
    const watching = cluster.until(nodeKind, { namespace: "", name: "absent" }, () => false).catch((error: unknown) => error);

    expect(String(await cluster.stop().catch((error: unknown) => error))).to.include("it is broken");
    expect(isAbort(await watching)).to.equal(true);
  });
});

describe("startCluster", () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  after(() => cluster.stop());

  it("runs what is deployed on its nodes", async () => {
    await cluster.client.of(deploymentKind).create(deployment({ name: "web", replicas: 4, resourceVersion: "", uid: "" }));
    const web = await cluster.until(deploymentKind, { namespace: "default", name: "web" }, ({ status }) => status.availableReplicas === 4, {
      what: "4 available pods",
    });
    const { items } = await cluster.client.of(podKind).list({ namespace: "default" });

    expect(web.status.readyReplicas).to.equal(4);
    expect(new Set(items.map(({ spec }) => spec.nodeName))).to.deep.equal(new Set(["node-1", "node-2"]));
  });

  it("starts a container again that a test crashed", async () => {
    const { items } = await cluster.client.of(podKind).list({ namespace: "default" });
    const [pod] = items;
    const node = cluster.nodes.find(({ name }) => name === pod?.spec.nodeName);
    const id = pod?.status.containerStatuses[0]?.containerID?.replace(/^.*:\/\//, "") ?? "";
    node?.runtime.crash(id, 3);
    const restarted = await cluster.until(
      podKind,
      { namespace: "default", name: pod?.metadata.name ?? "" },
      ({ status }) => (status.containerStatuses[0]?.restartCount ?? 0) > 0,
    );

    expect(restarted.status.containerStatuses[0]?.lastState?.terminated?.exitCode).to.equal(3);
  });

  it("keeps its nodes through an hour that passes at once", async () => {
    const before = cluster.clock.now();
    cluster.clock.advance(3_600_000);
    await cluster.addNode("late");
    const nodes = await cluster.untilAll(nodeKind, "", (all) => all.length === 3 && all.every(isReady));

    expect(cluster.clock.now() - before).to.be.at.least(3_600_000);
    expect(nodes.flatMap(({ spec }) => spec.taints)).to.deep.equal([]);
  });

  it("says what it saw when a wait is in vain", async () => {
    const waiting = cluster.until(nodeKind, { namespace: "", name: "late" }, () => false, { what: "the impossible", timeoutMs: 200 });

    const failure = await waiting.catch((error: unknown) => error);
    expect(String(failure)).to.match(/the impossible did not come in 200 ms; 1 nodes +named late: .*"name":"late"/);
  });
});
