import { expect } from "chai";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { milliOf, quantityNumber } from "../../../src/api/values/quantity.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("what a node takes", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("limits");
  });

  const node = () => docker.cluster.client.of(nodeKind).get({ namespace: "", name: "docker-1" });

  /** A pod that nobody but its author has chosen the node for. */
  function place(
    name: string,
    fields: { readonly spec?: string; readonly container?: string; readonly script?: string },
  ): Promise<Whole<Pod>> {
    const { spec = "", container = "", script = "sleep 1000" } = fields;
    return docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  nodeName: docker-1
  terminationGracePeriodSeconds: 0
  restartPolicy: Never
  containers: [{ name: main, image: ${docker.image}, command: [sh, -c, "${script}"]${container} }]
${spec}
`,
    );
  }

  it("is told, with what it has, what it is, and how it is", async () => {
    const { status } = await node();

    expect(milliOf(status.capacity.cpu)).to.be.above(0);
    expect(quantityNumber(status.capacity.memory) - quantityNumber(status.allocatable.memory)).to.equal(100 * 2 ** 20);
    expect(quantityNumber(status.allocatable["ephemeral-storage"])).to.be.below(quantityNumber(status.capacity["ephemeral-storage"]));
    expect(status.allocatable.pods?.string).to.equal("110");
    const { machineID, systemUUID, bootID, kernelVersion, osImage, containerRuntimeVersion, kubeletVersion, architecture } =
      status.nodeInfo ?? {};
    const all = { machineID, systemUUID, bootID, kernelVersion, osImage, containerRuntimeVersion, kubeletVersion, architecture };
    for (const [field, value] of Object.entries(all)) expect(value, field).to.match(/\S/);
    const words = status.conditions.map(({ type, status: word, reason }) => [type, word, reason]);
    expect(words).to.deep.include(["MemoryPressure", "False", "KubeletHasSufficientMemory"]);
    expect(words).to.deep.include(["PIDPressure", "False", "KubeletHasSufficientPID"]);
    expect(words).to.deep.include(["Ready", "True", "KubeletReady"]);
  });

  const refused: readonly { it: string; fields: Parameters<typeof place>[1]; reason: string; message: RegExp }[] = [
    {
      it: "is not a pod that asks for more than it has",
      fields: { container: ", resources: { requests: { cpu: 1000 } }" },
      reason: "OutOfcpu",
      message: /^Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000, used: \d+, capacity: \d+$/,
    },
    {
      it: "is not a pod for nodes of another kind",
      fields: { spec: "  nodeSelector: { disk: of-gold }" },
      reason: "NodeAffinity",
      message: /^Pod was rejected: Predicate NodeAffinity failed: node\(s\) didn't match Pod's node affinity\/selector$/,
    },
  ];
  for (const { it: does, fields, reason, message } of refused) {
    it(does, async () => {
      await place("refused", fields);
      const { status } = await docker.ended(ns, "refused");

      expect(status).to.include({ phase: "Failed", reason });
      expect(status.message).to.match(message);
      expect(status.containerStatuses.every(({ containerID = "" }) => containerID === "")).to.equal(true);
    });
  }

  it("is not a pod whose port another has; and it keeps the other when its howbelet starts anew", async () => {
    const port = ", ports: [{ containerPort: 80, hostPort: 38181 }]";
    await place("first", { container: port });
    const first = await docker.running(ns, "first");
    await place("second", { container: port });
    const { status } = await docker.ended(ns, "second");
    expect(status).to.include({ phase: "Failed", reason: "NodePorts" });

    await docker.restartNode();
    const { status: kept } = await docker.running(ns, "first");
    expect(kept.containerStatuses[0]?.containerID).to.equal(first.status.containerStatuses[0]?.containerID);
    expect(kept.phase).to.equal("Running");
  });

  it("is taken back from a pod that fills more of the disk than it may", async () => {
    const volume = "  volumes: [{ name: data, emptyDir: { sizeLimit: 1Mi } }]";
    const write = (path: string): string => `head -c 3000000 /dev/zero > ${path}; echo written; sleep 1000`;
    await place("volume", { spec: volume, container: ", volumeMounts: [{ name: data, mountPath: /data }]", script: write("/data/file") });
    await place("container", { container: ", resources: { limits: { ephemeral-storage: 1Mi } }", script: write("/tmp/file") });
    for (const name of ["volume", "container"]) {
      await docker.running(ns, name);
      await docker.untilLogged(ns, name, "main", "written");
    }
    // The disk is looked at every ten seconds.
    for (let step = 0; step < 3; step += 1) docker.cluster.clock.advance(4_000);

    const [filled, written] = await Promise.all(["volume", "container"].map((name) => docker.ended(ns, name)));
    expect(filled?.status).to.include({ phase: "Failed", reason: "Evicted" });
    expect(filled?.status.message).to.equal('Usage of EmptyDir volume "data" exceeds the limit "1Mi". ');
    expect(written?.status).to.include({ phase: "Failed", reason: "Evicted" });
    expect(written?.status.message).to.equal("Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ");
    await docker.untilEvent(ns, "volume", "its eviction", ({ reason, type }) => reason === "Evicted" && type === "Warning");
  });

  const terminals = [
    { it: "keeps what a container writes over several files, and reads them as one", container: "" },
    { it: "does so of a terminal, too", container: ", tty: true" },
  ];
  for (const { it: does, container } of terminals) {
    it(does, async () => {
      const lines = 12_000;
      const script = `awk 'BEGIN { x = sprintf(\\"%1000s\\", \\"\\"); for (i = 1; i <= ${lines}; i++) print i x }'`;
      await place("writer", { script, container });
      await docker.ended(ns, "writer");
      const written = (await docker.logs(ns, "writer")).split("\n").map((line) => line.trim());

      expect(written.length).to.equal(lines + 1);
      expect([written[0], written[lines - 1]]).to.deep.equal(["1", String(lines)]);
    });
  }
});
