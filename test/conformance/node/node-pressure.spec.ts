import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Event } from "../../../src/gen/howbernetes/core/v1/event.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { MachineUsage } from "../../../src/howbelet/runtime/container-statistics.js";
import { type HollowBehaviour, HollowRuntime } from "../../../src/howbelet/runtime/hollow/hollow-runtime.js";
import type { ContainerConfig, ContainerSnapshot } from "../../../src/howbelet/runtime/interface.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { eventually } from "../../eventually.js";

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

/** In MiB, by the name of the container. */
const memoryOf: Readonly<Record<string, number>> = { small: 10, large: 900, fair: 500 };

describe("a node that runs short", function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let dataDir: string;
  let memoryAvailableBytes: number;
  let diskAvailableBytes: number;
  let runtime: HollowRuntime;

  const machine = (): MachineUsage => {
    const disk = { capacityBytes: 100 * gibibyte, availableBytes: diskAvailableBytes, inodes: 0, inodesFree: 0 };
    const memory = { memoryCapacityBytes: 8 * gibibyte, memoryAvailableBytes };
    return { cpuMicroseconds: 0, ...memory, pidsMax: 1_000, pids: 10, imageFileSystem: disk, nodeFileSystem: disk };
  };

  beforeEach(async () => {
    memoryAvailableBytes = 4 * gibibyte;
    diskAvailableBytes = 50 * gibibyte;
    dataDir = await mkdtemp(join(tmpdir(), "howbelet-"));
    cluster = await startCluster({ nodes: 0 });
    const { clock } = cluster;
    const behaviour = ({ identity: { container } }: ContainerConfig): HollowBehaviour => ({
      usage: { memoryBytes: (memoryOf[container] ?? 0) * mebibyte, writableBytes: container === "large" ? gibibyte : 0 },
      ...(container === "brief" ? { exit: { afterMs: 0, code: 0 } } : {}),
    });
    runtime = new HollowRuntime({ clock, machine, behaviour });
    await cluster.join({ name: "n1", runtime, dataDir });
  });
  afterEach(async () => {
    await cluster?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function create(name: string, fields = "", spec = ""): Promise<void> {
    const yaml = `{ metadata: { name: ${name}, namespace: default }, spec: { nodeName: n1, containers: [{ name: ${name}, image: web${fields} }]${spec} } }`;
    await cluster.client.of(podKind).create(fromManifest(podKind, yaml));
  }

  const until = (name: string, what: string, isSo: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod>> =>
    cluster.until(podKind, { namespace: "default", name }, isSo, { what });

  const conditionOf = (type: string, value: string) =>
    cluster.until(
      nodeKind,
      { namespace: "", name: "n1" },
      ({ status }) => status.conditions.some((condition) => condition.type === type && condition.status === value),
      { what: `${type} ${value}` },
    );

  /** The machine is looked at every ten seconds. */
  function look(): void {
    for (let step = 0; step < 3; step += 1) cluster.clock.advance(4_000);
  }

  it("of memory says so, and gets it back from the pod that is furthest above its request", async () => {
    await create("small");
    await create("large");
    await create("fair", ", resources: { requests: { memory: 1Gi } }");
    for (const name of ["small", "large", "fair"]) await until(name, "Running", ({ status }) => status.phase === "Running");
    memoryAvailableBytes = 50 * mebibyte;
    look();
    const { status } = await until("large", "its end", (pod) => pod.status.phase === "Failed");

    expect(status.reason).to.equal("Evicted");
    expect(status.message).to.equal(
      "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. " +
        "Container large was using 900Mi, request is 0, has larger consumption of memory. ",
    );
    // By this a Job knows that the pod is not to blame.
    expect(status.conditions.find(({ type }) => type === "DisruptionTarget")).to.include({
      status: "True",
      reason: "TerminationByKubelet",
      message: status.message,
    });
    memoryAvailableBytes = gibibyte;
    const { status: node } = await conditionOf("MemoryPressure", "True");
    expect(node.conditions.find(({ type }) => type === "MemoryPressure")).to.include({
      reason: "KubeletHasInsufficientMemory",
      message: "kubelet has insufficient memory available",
    });
    const events = await cluster.untilAll(eventKind, "default", (all) => all.some(({ reason }) => reason === "Evicted"), {
      what: "Evicted",
    });
    expect(events.find(({ reason }) => reason === "Evicted")?.involvedObject?.name).to.equal("large");
    const aboutNode = (all: readonly Whole<Event>[]): readonly string[] =>
      all.filter(({ involvedObject }) => involvedObject?.kind === "Node").map(({ reason }) => reason ?? "");
    const wanted = ["NodeHasInsufficientMemory", "EvictionThresholdMet"];
    const areTold = (all: readonly Whole<Event>[]): boolean => wanted.every((reason) => aboutNode(all).includes(reason));
    await cluster.untilAll(eventKind, "default", areTold, { what: "events about the node" });
    for (const name of ["small", "fair"]) {
      const { status: kept } = await cluster.client.of(podKind).get({ namespace: "default", name });
      expect(kept.phase).to.equal("Running");
    }
  });

  it("of memory takes nobody in whom it would have to evict, until it has had enough for a while", async () => {
    memoryAvailableBytes = 0;
    look();
    await conditionOf("MemoryPressure", "True");
    await create("small");
    const { status } = await until("small", "its refusal", (pod) => pod.status.phase === "Failed");
    expect(status).to.include({ reason: "Evicted", message: "Pod was rejected: The node had condition: [MemoryPressure]. " });
    await create("fair", ", resources: { requests: { memory: 1Gi } }");
    await until("fair", "Running", (pod) => pod.status.phase === "Running");

    memoryAvailableBytes = gibibyte;
    for (let step = 0; step < 18; step += 1) cluster.clock.advance(4_000);
    await conditionOf("MemoryPressure", "False");
    await create("large");
    await until("large", "Running", (pod) => pod.status.phase === "Running");
  });

  it("of disk space removes what is dead before it evicts anybody, and then whoever has written the most", async () => {
    await create("brief", "", ", restartPolicy: Never");
    const ended = await until("brief", "its end", ({ status }) => status.phase === "Succeeded");
    for (const name of ["small", "large"]) await create(name);
    for (const name of ["small", "large"]) await until(name, "Running", ({ status }) => status.phase === "Running");
    diskAvailableBytes = gibibyte;
    look();
    await conditionOf("DiskPressure", "True");
    const dead = ended.status.containerStatuses[0]?.containerID?.replace("hollow://", "") ?? "";
    await eventually(async () => expect(await snapshotOf(dead)).to.equal(undefined));
    const kept = await cluster.client.of(podKind).get({ namespace: "default", name: "brief" });
    expect(kept.status.phase).to.equal("Succeeded");
    expect(kept.status.containerStatuses[0]?.state?.terminated?.reason).to.equal("Completed");

    look();
    const { status } = await until("large", "its end", (pod) => pod.status.phase === "Failed");
    expect(status.message).to.equal(
      "The node was low on resource: ephemeral-storage. Threshold quantity: 10%, available: 1Gi. " +
        "Container large was using 1Gi, request is 0, has larger consumption of ephemeral-storage. ",
    );
    await create("late", ", resources: { requests: { memory: 1Mi } }");
    const late = await until("late", "its refusal", (pod) => pod.status.phase === "Failed");
    expect(late.status.message).to.equal("Pod was rejected: The node had condition: [DiskPressure]. ");
  });

  const snapshotOf = (id: string): Promise<ContainerSnapshot | undefined> => runtime.inspect(id, new AbortController().signal);
});
