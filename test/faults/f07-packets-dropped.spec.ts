import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { expect } from "chai";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../src/api/kinds/replicaset/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Node } from "../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { fromManifest } from "../builders/from-manifest.js";
import { ensureBusyboxImage, whyNoDocker } from "../conformance/runtime/busybox-image.js";
import { skipBecause } from "../skip.js";
import { DockerNode } from "./node/docker-node.js";
import { factor } from "./seed.js";

const call = promisify(execFile);

/** Drops what goes to and comes from a port of this machine's own address, without a word to either side. */
async function dropPackets(port: string): Promise<() => Promise<void>> {
  const rules = ["--dport", "--sport"].map((side) => ["INPUT", "-i", "lo", "-p", "tcp", side, port, "-j", "DROP"]);
  for (const rule of rules) await call("iptables", ["-w", "-I", ...rule]);
  return async () => {
    for (const rule of rules) await call("iptables", ["-w", "-D", ...rule]);
  };
}

const isReady = ({ status }: Whole<Node> | Whole<Pod>): boolean =>
  status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");

describe("F7: packets between a node and the api-server are dropped", function () {
  this.timeout(240_000);
  let cluster: TestCluster;
  let nodes: DockerNode[];
  let image: string;
  let restore: (() => Promise<void>) | undefined;

  before(async function () {
    if (factor === 1) skipBecause(this, "both sides wait half a minute for each other: `npm run test:faults -- F7` does");
    const obstacle = process.getuid?.() === 0 ? await whyNoDocker() : "dropping packets takes root";
    if (obstacle !== undefined) skipBecause(this, obstacle);
    image = await ensureBusyboxImage();
    cluster = await startCluster({ nodes: 0 });
    nodes = ["one", "two"].map((name) => new DockerNode(cluster, `f7-${name}-${randomBytes(3).toString("hex")}`));
    for (const node of nodes) await node.start();
  });
  after(async () => {
    await restore?.();
    for (const node of nodes ?? []) await node.destroy();
    await cluster?.stop();
  });

  it("the node is NotReady, its containers run on, and once healed each pod runs once", async () => {
    await cluster.client.of(replicaSetKind).create(
      fromManifest(
        replicaSetKind,
        `
metadata: { name: web, namespace: default }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      # Longer than the cut lasts: nobody is to be replaced.
      tolerations:
      - { key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 600 }
      - { key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 600 }
      containers: [{ name: main, image: "${image}", command: [sleep, "10000"] }]
`,
      ),
    );
    const all = await cluster.untilAll(podKind, "default", (pods) => pods.length === 4 && pods.every(isReady), { timeoutMs: 60_000 });
    const containersBefore = (await Promise.all(nodes.map((node) => node.containers()))).flat();
    const [first] = nodes;
    const { server } = await cluster.invite("anyone");

    restore = await dropPackets(server.split(":").at(-1) ?? "");
    const lost = { namespace: "", name: first?.name ?? "" };
    await cluster.until(nodeKind, lost, (node) => !isReady(node), { what: "NotReady", timeoutMs: 90_000 });
    const containersMeanwhile = (await Promise.all(nodes.map((node) => node.containers()))).flat();
    await restore();
    restore = undefined;
    for (const { name } of nodes)
      await cluster.until(nodeKind, { namespace: "", name }, isReady, { what: "Ready again", timeoutMs: 90_000 });
    const healed = await cluster.untilAll(podKind, "default", (pods) => pods.length === 4 && pods.every(isReady), { timeoutMs: 60_000 });

    const idsOf = (containers: typeof containersBefore) => containers.map(({ id }) => id).sort();
    expect(idsOf(containersMeanwhile)).to.deep.equal(idsOf(containersBefore));
    expect(idsOf((await Promise.all(nodes.map((node) => node.containers()))).flat())).to.deep.equal(idsOf(containersBefore));
    expect(healed.map(({ metadata }) => metadata.uid).sort()).to.deep.equal(all.map(({ metadata }) => metadata.uid).sort());
    expect(healed.every(({ status }) => status.containerStatuses[0]?.restartCount === 0)).to.equal(true);
  });
});
