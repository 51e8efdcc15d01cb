import { expect } from "chai";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { horizontalPodAutoscalerKind } from "../../../src/api/kinds/horizontalpodautoscaler/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { createHorizontalPodAutoscalerController } from "../../../src/controllers/horizontal-pod-autoscaler/index.js";
import type { MetricsSource } from "../../../src/controllers/horizontal-pod-autoscaler/metrics-source.js";
import { controllers } from "../../../src/controllers/list.js";
import type { HorizontalPodAutoscaler } from "../../../src/gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { deployment, namespace } from "../../builders/index.js";

const unborn = { uid: "", resourceVersion: "" };
const component = "horizontal-pod-autoscaler";

describe("autoscaling", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;
  /** What every pod uses of memory, in MiB of the 100 that it requests; undefined: there are no statistics. */
  let usedMiB: number | undefined;

  /** The cluster's own pods, and made-up figures: real ones come with the nodes. */
  const figures: MetricsSource = {
    resource: async ({ namespace: of, selector, resource }) => {
      if (usedMiB === undefined || resource !== "memory") throw new Error("no statistics");
      const milli = usedMiB * 2 ** 20 * 1_000;
      const { items } = await cluster.client.of(podKind).list({ namespace: of });
      const selected = items.filter(({ metadata }) => selector.matches(metadata.labels));
      return new Map(selected.map(({ metadata }) => [metadata.name, { milli, measuredAtMs: cluster.clock.now(), windowMs: 15_000 }]));
    },
  };

  before(async () => {
    const others = controllers.filter((each) => each.component !== component);
    const measured = {
      component,
      create: (deps: Parameters<typeof createHorizontalPodAutoscalerController>[0]) =>
        createHorizontalPodAutoscalerController({ ...deps, podMetrics: figures }),
    };
    cluster = await startCluster({ controllers: [...others, measured] });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    usedMiB = undefined;
    ns = `autoscaling-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });

  const key = () => ({ namespace: ns, name: "web" });
  const autoscalers = () => cluster.client.of(horizontalPodAutoscalerKind);
  const target = { type: "Utilization", averageUtilization: 50 };
  const memory = [{ type: "Resource", resource: { name: "memory", target } }];
  const autoscale = (spec: object = {}) =>
    autoscalers().apply(key(), {
      metadata: key(),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        minReplicas: 1,
        maxReplicas: 6,
        metrics: memory,
        ...spec,
      },
    });
  const deploy = async (replicas: number): Promise<void> => {
    const web = deployment({ namespace: ns, replicas, status: {}, ...unborn });
    const resources = { requests: { memory: { string: "100Mi" } }, limits: {}, claims: [] };
    for (const container of web.spec.template?.spec?.containers ?? []) container.resources = resources;
    await cluster.client.of(deploymentKind).create(web);
    await available(replicas);
  };
  const available = (replicas: number) =>
    cluster.until(
      deploymentKind,
      key(),
      ({ spec, status }) => spec.replicas === replicas && (status.availableReplicas ?? 0) === replicas && status.replicas === replicas,
      {
        what: `${replicas} available pods`,
      },
    );
  const until = (what: string, predicate: (each: Whole<HorizontalPodAutoscaler>) => boolean) =>
    cluster.until(horizontalPodAutoscalerKind, key(), predicate, { what });
  const condition = ({ status }: Whole<HorizontalPodAutoscaler>, type: string): string => {
    const found = status.conditions.find((each) => each.type === type);
    return `${found?.status} ${found?.reason}`;
  };
  const isActive = (each: Whole<HorizontalPodAutoscaler>): boolean => condition(each, "ScalingActive") === "True ValidMetricFound";

  it("follows the load up, as far as it may, and down when less has been enough for five minutes", async () => {
    usedMiB = 50;
    await deploy(2);
    await autoscale();
    await until("a look", isActive);
    usedMiB = 75;
    cluster.clock.advance(15_000);
    await available(3);
    usedMiB = 300;
    cluster.clock.advance(15_000);
    await available(6);
    const limited = await until("to be limited", (each) => condition(each, "ScalingLimited") === "True TooManyReplicas");
    expect(limited.status.lastScaleTime).to.not.equal(undefined);

    usedMiB = 10;
    cluster.clock.advance(15_000);
    await until("to wait", (each) => condition(each, "AbleToScale") === "True ScaleDownStabilized");
    cluster.clock.advance(301_000);
    await available(2);
    const shown = await until("the figures", (each) => each.status.currentMetrics[0]?.resource?.current?.averageUtilization === 10);
    expect(shown.status.currentReplicas).to.be.within(2, 6);
  });

  it("keeps to the pace that is set for it", async () => {
    usedMiB = 200;
    await deploy(1);
    await autoscale({ behavior: { scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] } } });
    await available(2);
    cluster.clock.advance(15_000);
    await until(
      "to be held back",
      (each) => condition(each, "ScalingLimited") === "True ScaleUpLimit" && each.status.desiredReplicas === 2,
    );
    cluster.clock.advance(60_000);
    await available(3);
  });

  it("says that there are no statistics, and leaves everything as it is", async () => {
    await deploy(2);
    await autoscale();
    const blind = await until("to say so", (each) => condition(each, "ScalingActive") === "False FailedGetResourceMetric");
    const events = await cluster.untilAll(eventKind, ns, (all) => all.some(({ reason }) => reason === "FailedGetResourceMetric"));

    expect(blind.status.currentReplicas).to.equal(2);
    expect(events.find(({ reason }) => reason === "FailedGetResourceMetric")?.message).to.contain("no statistics");
    await available(2);
  });

  it("is switched off by scaling to nothing, and on again by scaling up", async () => {
    usedMiB = 100;
    await deploy(1);
    await cluster.client.of(deploymentKind).patch(key(), "merge", { spec: { replicas: 0 } });
    await cluster.until(deploymentKind, key(), ({ status }) => (status.replicas ?? 0) === 0);
    await autoscale();
    await until("to be off", (each) => condition(each, "ScalingActive") === "False ScalingDisabled");
    await cluster.client.of(deploymentKind).patch(key(), "merge", { spec: { replicas: 1 } });
    await available(1);
    cluster.clock.advance(15_000);
    await available(2);
  });

  it("takes its bounds from its newest spec", async () => {
    usedMiB = 50;
    await deploy(1);
    await autoscale();
    await until("a look", isActive);
    await autoscalers().patch(key(), "merge", { spec: { minReplicas: 3 } });
    await available(3);
    await autoscalers().delete(key());
    await cluster.gone(horizontalPodAutoscalerKind, key());
    usedMiB = 300;
    cluster.clock.advance(30_000);
    await cluster.client.of(deploymentKind).patch(key(), "merge", { spec: { replicas: 1 } });
    await available(1);
  });
});
