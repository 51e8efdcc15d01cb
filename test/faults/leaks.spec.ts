import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { fromManifest } from "../builders/from-manifest.js";
import { ensureBusyboxImage, whyNoDocker } from "../conformance/runtime/busybox-image.js";
import { byHand } from "../e2e/harness/containers.js";
import { run } from "../e2e/harness/process.js";
import { eventually } from "../eventually.js";
import { skipBecause } from "../skip.js";
import { DockerNode } from "./node/docker-node.js";
import { factor } from "./seed.js";

const obstacle = await whyNoDocker();
const kubernetesMostPods = 110;
const count = factor === 1 ? 20 : kubernetesMostPods;

const isReady = ({ metadata, status }: Whole<Pod>): boolean =>
  metadata.deletionTimestamp === undefined && status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");

/** All that pods may leave on a machine. */
interface Leftovers {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly wires: readonly string[];
  readonly mounts: readonly string[];
  readonly files: readonly string[];
}

describe("leaks: a node full of pods", function () {
  this.timeout(300_000);
  const namespace = "default";
  let cluster: TestCluster;
  let node: DockerNode;
  let image: string;
  let pid: number;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    image = await ensureBusyboxImage();
    cluster = await startCluster({ nodes: 0 });
    node = new DockerNode(cluster, "leaks");
    pid = (await node.start()).child.pid ?? 0;
  });
  after(async () => {
    await node?.destroy();
    await cluster?.stop();
  });

  const deployments = () => cluster.client.of(deploymentKind);
  const key = { namespace, name: "full" };
  const create = (replicas: number, version: string) => {
    const yaml = `
metadata: { name: full, namespace: ${namespace} }
spec:
  replicas: ${replicas}
  strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 25% } }
  selector: { matchLabels: { app: full } }
  template:
    metadata: { labels: { app: full }, annotations: { version: "${version}" } }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: ${image}
        command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"]
        volumeMounts: [{ name: scratch, mountPath: /scratch }, { name: memory, mountPath: /memory }]
      volumes: [{ name: scratch, emptyDir: {} }, { name: memory, emptyDir: { medium: Memory } }]
`;
    return deployments().create(fromManifest(deploymentKind, yaml));
  };
  const untilReady = (replicas: number, version: string) =>
    cluster.untilAll(
      podKind,
      namespace,
      (pods) => pods.length === replicas && pods.every((pod) => isReady(pod) && pod.metadata.annotations.version === version),
      { what: `${replicas} ready pods`, timeoutMs: 200_000 },
    );
  async function remove(): Promise<void> {
    await deployments().delete(key);
    await cluster.untilAll(podKind, namespace, (pods) => pods.length === 0, { timeoutMs: 120_000 });
  }

  async function leftovers(): Promise<Leftovers> {
    const networks = await run("docker", ["network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"]);
    return {
      containers: (await node.containers()).map(({ id }) => id),
      networks: networks.stdout.split("\n").filter((line) => line.includes("-leaks")),
      wires: ownWires(),
      mounts: readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .filter((line) => line.includes(node.directory)),
      files: node.podFiles(),
    };
  }

  /** The machine's ends of the wires that were laid since the test began. */
  const wiresBefore = new Set(wires());
  const ownWires = (): string[] => wires().filter((name) => !wiresBefore.has(name) && laid.has(name));
  const laid = new Set<string>();
  const noteWires = async (): Promise<void> => {
    for (const { id, isSandbox } of await node.containers()) if (isSandbox) laid.add(`hb${id.slice(0, 12)}`);
  };

  const descriptors = (): number => readdirSync(join("/proc", String(pid), "fd")).length;

  it(`leaves nothing behind: ${count} pods started, harmed, updated and deleted`, async () => {
    // What stays once there have been pods at all, as connections to the engine, is no leak.
    await create(2, "0");
    await untilReady(2, "0");
    await remove();
    await eventually(async () => expect((await leftovers()).containers).to.deep.equal([]));
    const [before, descriptorsBefore] = [await leftovers(), descriptors()];

    await create(count, "1");
    await untilReady(count, "1");
    await noteWires();
    expect(ownWires()).to.have.length(count);
    const victims = (await node.containers()).filter(({ container }) => container === "main").slice(0, 5);
    await Promise.all(victims.map(({ id }) => byHand.kill(id)));
    await deployments().patch(key, "merge", { spec: { template: { metadata: { annotations: { version: "2" } } } } });
    await untilReady(count, "2");
    await noteWires();
    await remove();

    await eventually(async () => expect(await leftovers()).to.deep.equal(before));
    expect(before).to.deep.include({ containers: [], wires: [], mounts: [], files: [] });
    expect(before.networks).to.have.length(1);
    await eventually(() => expect(descriptors()).to.be.at.most(descriptorsBefore + 8));
  });
});

function wires(): string[] {
  return readdirSync("/sys/class/net").filter((name) => /^hb[0-9a-f]{12}$/.test(name));
}
