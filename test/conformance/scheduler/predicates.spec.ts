import { expect } from "chai";
import { isForbidden, isInvalid } from "../../../src/api/errors.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { podStatusWord } from "../../../src/api/kinds/pod/status-word.js";
import { resourceQuotaKind } from "../../../src/api/kinds/resourcequota/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";

const gpu = "example.com/gpu";

describe("predicates", function () {
  this.timeout(60_000);
  let cluster: TestCluster;

  beforeEach(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  afterEach(() => cluster?.stop());

  const create = (name: string, spec: string): Promise<Whole<Pod>> =>
    cluster.client.of(podKind).create(fromManifest(podKind, `{ metadata: { name: ${name}, namespace: default }, spec: { ${spec} } }`));
  const until = (name: string, what: string, isSo: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod>> =>
    cluster.until(podKind, { namespace: "default", name }, isSo, { what });
  const running = (name: string): Promise<Whole<Pod>> => until(name, "Running", ({ status }) => status.phase === "Running");
  const refusalOf = ({ status }: Whole<Pod>): string => status.conditions.find(({ reason }) => reason === "Unschedulable")?.message ?? "";
  const web = "containers: [{ name: main, image: web }]";

  describe("of resources that an administrator names", () => {
    const asking = (count: number): string => `containers: [{ name: main, image: web, resources: { limits: { ${gpu}: ${count} } } }]`;
    const give = (node: string, count: string | null): Promise<unknown> =>
      cluster.client
        .of(nodeKind)
        .patch({ namespace: "", name: node }, "merge", { status: { capacity: { [gpu]: count } } }, { subresource: "status" });

    it("let a pod wait for what others have, and have it when it is free", async () => {
      await give("node-2", "2");
      for (const name of ["a", "b"]) await create(name, asking(1));
      expect([(await running("a")).spec.nodeName, (await running("b")).spec.nodeName]).to.deep.equal(["node-2", "node-2"]);
      await create("c", asking(1));
      expect(refusalOf(await until("c", "a refusal", (pod) => refusalOf(pod) !== ""))).to.contain(
        `0/2 nodes are available: 2 Insufficient ${gpu}`,
      );

      await cluster.client.of(podKind).delete({ namespace: "default", name: "a" }, { options: { gracePeriodSeconds: 0 } });
      expect((await running("c")).spec.nodeName).to.equal("node-2");
    });

    it("wake who waits for them when there are some, and outlive what the node reports", async () => {
      await create("early", asking(1));
      await until("early", "a refusal", (pod) => refusalOf(pod) !== "");
      await give("node-1", "1");
      await running("early");

      const { runtime } = cluster.nodes.find(({ name }) => name === "node-1") ?? {};
      const isReady = (status: string): Promise<unknown> =>
        cluster.until(nodeKind, { namespace: "", name: "node-1" }, (node) =>
          node.status.conditions.some((condition) => condition.type === "Ready" && condition.status === status),
        );
      runtime?.setAway(true);
      await isReady("False");
      runtime?.setAway(false);
      await isReady("True");
      const { status } = await cluster.client.of(nodeKind).get({ namespace: "", name: "node-1" });
      expect([status.capacity[gpu]?.string, status.allocatable[gpu]?.string]).to.deep.equal(["1", "1"]);
      expect(status.capacity.cpu?.string).to.equal("32");
    });

    it("are kept to by the node, whoever binds, and by quotas", async () => {
      await give("node-1", "1");
      await create("first", asking(1));
      await running("first");
      await create("bold", `nodeName: node-1, ${asking(1)}`);
      const { status } = await until("bold", "a refusal", ({ status: { phase } }) => phase === "Failed");
      expect(status).to.include({
        reason: `OutOf${gpu}`,
        message: `Pod was rejected: Node didn't have enough resource: ${gpu}, requested: 1, used: 1, capacity: 1`,
      });

      const quota = `{ metadata: { name: few, namespace: default }, spec: { hard: { requests.${gpu}: 2 } } }`;
      await cluster.client.of(resourceQuotaKind).create(fromManifest(resourceQuotaKind, quota));
      await cluster.until(
        resourceQuotaKind,
        { namespace: "default", name: "few" },
        (few) => few.status.used[`requests.${gpu}`]?.string === "1",
      );
      const error = await create("greedy", asking(2)).catch((refused: unknown) => refused);
      expect(isForbidden(error), String(error)).to.equal(true);
      expect(String(error)).to.contain(
        `exceeded quota: few, requested: requests.${gpu}=2, used: requests.${gpu}=1, limited: requests.${gpu}=2`,
      );
    });
  });

  it("of ports let pods have one on other addresses and by other protocols", async () => {
    const on = (rest: string): string =>
      `nodeSelector: { kubernetes.io/hostname: node-1 }, containers: [{ name: main, image: web, ports: [{ containerPort: 80, hostPort: 54323, ${rest} }] }]`;
    await create("pod1", on("hostIP: 127.0.0.1"));
    await create("pod2", on("hostIP: 127.0.0.2"));
    await create("pod3", on("hostIP: 127.0.0.2, protocol: UDP"));
    for (const name of ["pod1", "pod2", "pod3"]) expect((await running(name)).spec.nodeName).to.equal("node-1");
  });

  describe("of gates", () => {
    it("hold a pod back until the last of them is open", async () => {
      await create("held", `schedulingGates: [{ name: example.com/a }, { name: example.com/b }], ${web}`);
      const key = { namespace: "default", name: "held" };
      const open = (gates: readonly string[]): Promise<Whole<Pod>> =>
        cluster.client.of(podKind).patch(key, "merge", { spec: { schedulingGates: gates.map((name) => ({ name })) } });
      expect(podStatusWord(await open(["example.com/b"]))).to.equal("SchedulingGated");
      // One that comes later and runs shows that the scheduler has seen this one.
      await create("free", web);
      await running("free");
      const waiting = await cluster.client.of(podKind).get(key);
      expect([podStatusWord(waiting), waiting.spec.nodeName ?? ""]).to.deep.equal(["SchedulingGated", ""]);

      await open([]);
      await running("held");
    });

    it("are not closed again, and there are none on a node", async () => {
      await create("free", web);
      const closing = cluster.client
        .of(podKind)
        .patch({ namespace: "default", name: "free" }, "merge", { spec: { schedulingGates: [{ name: "a" }] } });
      const closed = await closing.catch((refused: unknown) => refused);
      expect(isInvalid(closed), String(closed)).to.equal(true);
      expect(String(closed)).to.contain("only deletion is allowed, but found new scheduling gate 'a'");
      const placed = await create("placed", `nodeName: node-1, schedulingGates: [{ name: a }], ${web}`).catch(
        (refused: unknown) => refused,
      );
      expect(isInvalid(placed), String(placed)).to.equal(true);
      expect(String(placed)).to.contain("spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared");
    });
  });
});
