import { expect } from "chai";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { horizontalPodAutoscalerKind } from "../../../src/api/kinds/horizontalpodautoscaler/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { milliOf, quantityNumber } from "../../../src/api/values/quantity.js";
import { createPodStreams } from "../../../src/client/pod-streams.js";
import { MetricsService } from "../../../src/gen/howbernetes/api/v1/metrics.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { PodMetrics } from "../../../src/gen/howbernetes/metrics/v1beta1/metrics.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("what pods and nodes use", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("use");
  });

  const metrics = () => docker.cluster.client.raw(MetricsService, "unary");
  const podMetrics = async (name: string): Promise<PodMetrics | undefined> => {
    const { items, unreachable } = await metrics().podMetrics({ namespace: ns, name, labelSelector: "" });
    expect(unreachable).to.deep.equal([]);
    return items[0];
  };

  it("is told of each container that runs, from its own processes", async () => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: two, labels: { app: two } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - { name: busy, image: ${docker.image}, command: [sh, -c, "while :; do :; done"], resources: { limits: { cpu: 300m } } }
  - { name: idle, image: ${docker.image}, command: [sh, -c, "head -c 40000000 /dev/zero > /dev/shm/held; echo held; sleep 1000"] }
`,
    );
    await docker.ready(ns, "two");
    await docker.untilLogged(ns, "two", "idle", "held");
    const measured = await podMetrics("two");

    expect(measured?.metadata).to.deep.include({ namespace: ns, name: "two", labels: { app: "two" } });
    expect(measured?.containers.map(({ name }) => name)).to.deep.equal(["busy", "idle"]);
    const [busy, idle] = measured?.containers ?? [];
    expect(milliOf(busy?.usage.cpu)).to.be.within(50, 450);
    expect(milliOf(idle?.usage.cpu)).to.be.below(50);
    expect(quantityNumber(idle?.usage.memory)).to.be.above(40_000_000);
    expect(quantityNumber(busy?.usage.memory)).to.be.within(1, 40_000_000);
  });

  it("is told of the node as a whole", async () => {
    const { items, unreachable } = await metrics().nodeMetrics({ name: "", labelSelector: "" });

    expect(unreachable).to.deep.equal([]);
    expect(items.map(({ metadata }) => metadata?.name)).to.deep.equal(["docker-1"]);
    expect(quantityNumber(items[0]?.usage.memory)).to.be.above(2 ** 20);
    expect(milliOf(items[0]?.usage.cpu)).to.be.above(0);
  });

  it("is not told of a pod that does not run", async () => {
    await docker.create(
      podKind,
      ns,
      `{ metadata: { name: gated }, spec: { schedulerName: nobody, containers: [{ name: main, image: ${docker.image} }] } }`,
    );
    const failure = await podMetrics("gated").catch((error: unknown) => error);

    expect(String(failure)).to.contain(`podmetrics.metrics.k8s.io "${ns}/gated" not found`);
  });

  it("scales what is busy up, and what has become idle down", async () => {
    const busyUntilTold = "until [ -e /tmp/idle ]; do [ $((i=i+1)) ]; done; sleep 1000";
    const resources = "{ requests: { cpu: 100m }, limits: { cpu: 200m } }";
    await docker.create(
      deploymentKind,
      ns,
      `
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: main, image: ${docker.image}, command: [sh, -c, "${busyUntilTold}"], resources: ${resources} }]
`,
    );
    await docker.create(
      horizontalPodAutoscalerKind,
      ns,
      `
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 2
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
  behavior: { scaleDown: { stabilizationWindowSeconds: 0 } }
`,
    );
    await docker.create(
      podKind,
      ns,
      `{ metadata: { name: bystander }, spec: { containers: [{ name: main, image: ${docker.image}, command: [sleep, "1000"] }] } }`,
    );
    await docker.ready(ns, "bystander");
    await running(1);
    await untilReplicas(2);
    for (const name of await running(2)) await run(name, "touch /tmp/idle");
    await untilReplicas(1);
  });

  /** The names of the deployment's pods, once there are so many and they run. */
  async function running(count: number): Promise<string[]> {
    const selected = (pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] => pods.filter(({ metadata }) => metadata.labels.app === "web");
    const all = (pods: readonly Whole<Pod>[]): boolean =>
      selected(pods).length === count && selected(pods).every(({ status }) => status.phase === "Running");
    const pods = await docker.cluster.untilAll(podKind, ns, all, { what: `${count} running pods`, timeoutMs: 60_000 });
    return selected(pods).map(({ metadata }) => metadata.name);
  }

  async function run(name: string, script: string): Promise<void> {
    const process = await createPodStreams(docker.cluster.client).exec({ namespace: ns, name }, { command: ["sh", "-c", script] });
    for await (const _written of process.output);
    expect(await process.exitCode()).to.equal(0);
  }

  /**
   * Autoscalers look every 15 s, at what was used since they last did: time is made to pass faster, but not for the kernel.
   * What waits for the kernel runs in a pod that is not scaled: of two that are about as old, either may be the one that goes.
   */
  async function untilReplicas(count: number): Promise<void> {
    const deployments = docker.cluster.client.of(deploymentKind);
    for (let step = 0; step < 60; step += 1) {
      if ((await deployments.get({ namespace: ns, name: "web" })).spec.replicas === count) return;
      await run("bystander", "sleep 0.4");
      docker.cluster.clock.advance(4_000);
    }
    const { status } = await docker.cluster.client.of(horizontalPodAutoscalerKind).get({ namespace: ns, name: "web" });
    throw new Error(`not scaled to ${count}: ${JSON.stringify(status.conditions)} ${JSON.stringify(status.currentMetrics)}`);
  }
});
