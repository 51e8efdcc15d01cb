import { expect } from "chai";
import { deployment, horizontalPodAutoscaler, pod, replicaSet } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { forbidden } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import { createLog } from "../../base/log.js";
import { createEventRecorder } from "../../client/event-recorder.js";
import { MetricSpec } from "../../gen/howbernetes/autoscaling/v2/metric.js";
import { createSharedInformers } from "../shared-informers.js";
import { createHorizontalPodAutoscalerController } from "./index.js";
import type { MetricsSource } from "./metrics-source.js";

const key = { namespace: "default", name: "web" };

describe("the HorizontalPodAutoscaler controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  /** What each pod uses, in millicores of the 1,000 that it requests; undefined: nobody knows. */
  let load: number | undefined;
  let asked: number;
  let stop: () => Promise<void>;

  const source: MetricsSource = {
    resource: async ({ namespace, selector }) => {
      asked += 1;
      if (load === undefined) throw new Error("nobody knows");
      const milli = load;
      const pods = api.objects(podKind).filter(({ metadata }) => metadata.namespace === namespace && selector.matches(metadata.labels));
      return new Map(pods.map(({ metadata }) => [metadata.name, { milli, measuredAtMs: clock.now(), windowMs: 15_000 }]));
    },
    external: () => Promise.resolve([4_000, 2_000]),
  };

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    load = 500;
    asked = 0;
  });
  afterEach(() => stop());

  /** Starts with a Deployment of so many, all of whose pods have been ready for an hour. */
  async function start(replicas: number, { measured = true } = {}): Promise<void> {
    api.seed(deploymentKind, deployment({ replicas, status: { replicas } }));
    for (let index = 0; index < replicas; index++) runPod(index);
    const log = createLog("test", "silent");
    const control = new AbortController();
    const informers = createSharedInformers(api, { clock, log });
    const events = createEventRecorder({ client: api, component: "horizontal-pod-autoscaler", clock, log });
    const controller = createHorizontalPodAutoscalerController({
      client: api,
      informers,
      events,
      clock,
      log,
      podMetrics: measured ? source : undefined,
    });
    const running = Promise.allSettled([informers.run(control.signal), controller.run(control.signal)]);
    stop = async () => {
      control.abort();
      await running;
    };
    await settle();
  }
  function runPod(index: number): void {
    const startTime = timeFromMs(clock.now() - 3_600_000);
    api.seed(podKind, pod({ name: `web-${index}`, labels: { app: "web" }, requests: { cpu: "1" }, status: { startTime } }));
  }
  const autoscale = async (options: Parameters<typeof horizontalPodAutoscaler>[0] = {}): Promise<void> => {
    await api.of(horizontalPodAutoscalerKind).create(horizontalPodAutoscaler({ ...options, resourceVersion: "" }));
    await settle();
  };
  const replicas = () => api.objects(deploymentKind)[0]?.spec.replicas;
  const status = () => {
    const found = api.objects(horizontalPodAutoscalerKind)[0]?.status;
    if (found === undefined) throw new Error("there is no autoscaler");
    return found;
  };
  const conditions = (): Record<string, string> =>
    Object.fromEntries(status().conditions.map(({ type, status: is, reason }) => [type ?? "", `${is} ${reason}`]));
  const said = (): string[] => api.objects(eventKind).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

  it("scales up by what pods use, and says so", async () => {
    await start(2);
    await autoscale({ cpuPercent: 25 });

    expect(replicas()).to.equal(4);
    expect(status()).to.include({ currentReplicas: 2, desiredReplicas: 4, observedGeneration: 1 });
    expect(status().lastScaleTime).to.deep.equal(timeFromMs(clock.now()));
    expect(
      status().currentMetrics.map(({ type, resource }) => [
        type,
        resource?.name,
        resource?.current?.averageUtilization,
        resource?.current?.averageValue,
      ]),
    ).to.deep.equal([["Resource", "cpu", 50, { string: "500m" }]]);
    expect(conditions()).to.deep.equal({
      AbleToScale: "True SucceededRescale",
      ScalingActive: "True ValidMetricFound",
      ScalingLimited: "False DesiredWithinRange",
    });
    expect(said()).to.deep.equal([
      "Normal SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target",
    ]);
  });

  it("looks every fifteen seconds, and at once when it is changed", async () => {
    await start(2);
    await autoscale({ cpuPercent: 50 });
    const first = asked;
    await clock.advance(60_000);
    const later = asked;
    await api.of(horizontalPodAutoscalerKind).patch(key, "merge", { spec: { maxReplicas: 7 } });
    await settle();
    expect([first, later, asked]).to.deep.equal([1, 5, 6]);
  });

  it("writes nothing while nothing changes", async () => {
    await start(2);
    await autoscale({ cpuPercent: 50 });
    let changes = 0;
    api.observe(() => {
      changes += 1;
    });
    await clock.advance(60_000);
    expect(changes).to.equal(0);
  });

  it("scales down only when less was enough for five minutes", async () => {
    await start(4);
    await autoscale({ cpuPercent: 50 });
    load = 250;
    await clock.advance(290_000);
    const before = replicas();
    const waiting = conditions().AbleToScale;
    await clock.advance(20_000);
    expect([before, waiting, replicas()]).to.deep.equal([4, "True ScaleDownStabilized", 2]);
    expect(said()).to.include("Normal SuccessfulRescale: New size: 2; reason: All metrics below target");
  });

  it("keeps within its bounds whatever is measured, and without it", async () => {
    load = undefined;
    await start(12);
    await autoscale({ maxReplicas: 10 });
    expect(replicas()).to.equal(10);
    expect(said()).to.deep.equal(["Normal SuccessfulRescale: New size: 10; reason: Current number of replicas above Spec.MaxReplicas"]);
    await api.of(horizontalPodAutoscalerKind).patch(key, "merge", { spec: { minReplicas: 11, maxReplicas: 20 } });
    await settle();
    expect(replicas()).to.equal(11);
  });

  it("leaves alone what is scaled to nothing", async () => {
    await start(0);
    await autoscale();
    await clock.advance(30_000);
    expect([replicas(), conditions().ScalingActive, asked]).to.deep.equal([0, "False ScalingDisabled", 0]);
  });

  it("says that there are no statistics, and changes nothing", async () => {
    await start(2, { measured: false });
    await autoscale();

    const cause = "failed to get cpu utilization: unable to get metrics for resource cpu: the nodes tell no statistics of their pods yet";
    expect([replicas(), conditions().ScalingActive, status().currentReplicas]).to.deep.equal([2, "False FailedGetResourceMetric", 2]);
    expect(said()).to.have.members([
      `Warning FailedGetResourceMetric: ${cause}`,
      `Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${cause}`,
    ]);
  });

  const external = (averageValue: string): MetricSpec =>
    MetricSpec.fromPartial({
      type: "External",
      external: { metric: { name: "queue" }, target: { type: "AverageValue", averageValue: { string: averageValue } } },
    });
  const cpu = MetricSpec.fromPartial({
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
  });

  it("takes the metric that asks for most", async () => {
    await start(2);
    await autoscale({ spec: { metrics: [cpu, external("1500m")] } });
    expect(replicas()).to.equal(4);
    expect(said()).to.deep.equal(["Normal SuccessfulRescale: New size: 4; reason: external metric queue above target"]);
  });

  it("scales up by one metric while another one fails", async () => {
    load = undefined;
    await start(2);
    await autoscale({ spec: { metrics: [cpu, external("1500m")] } });
    expect([replicas(), conditions().ScalingActive]).to.deep.equal([4, "True ValidMetricFound"]);
    expect(status().currentMetrics.map(({ type }) => type)).to.deep.equal(["Resource", "External"]);
  });

  it("does not scale down while a metric fails", async () => {
    await start(4);
    await autoscale({ spec: { metrics: [cpu, external("3")] } });
    load = undefined;
    await clock.advance(600_000);
    expect([replicas(), conditions().ScalingActive]).to.deep.equal([4, "False FailedGetResourceMetric"]);
  });

  it("says which pods do not say what they request", async () => {
    await start(1);
    api.seed(podKind, pod({ name: "mute", labels: { app: "web" } }));
    await autoscale();
    expect(said()).to.include(
      "Warning FailedGetResourceMetric: failed to get cpu utilization: missing request for cpu in container main of Pod mute",
    );
  });

  const targets = [
    {
      it: "an object that is not there",
      ref: { apiVersion: "apps/v1", kind: "Deployment", name: "gone" },
      says: 'deployments.apps "gone" not found',
    },
    {
      it: "a kind that is not there",
      ref: { apiVersion: "a/v1", kind: "Deployment", name: "web" },
      says: 'no matches for kind "Deployment" in group "a"',
    },
    {
      it: "a kind that does not scale",
      ref: { apiVersion: "apps/v1", kind: "DaemonSet", name: "web" },
      says: "the server could not find the requested resource",
    },
  ];
  for (const { it: what, ref, says } of targets) {
    it(`says that it can't scale ${what}`, async () => {
      await start(1);
      await autoscale({ spec: { scaleTargetRef: ref } });
      expect(conditions()).to.deep.equal({ AbleToScale: "False FailedGetScale" });
      expect(said()).to.deep.equal([`Warning FailedGetScale: ${says}`]);
    });
  }

  it("scales ReplicaSets", async () => {
    await start(0);
    api.seed(replicaSetKind, replicaSet({ replicas: 1, status: { replicas: 1 } }));
    runPod(0);
    await autoscale({ cpuPercent: 25, spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web" } } });
    expect(api.objects(replicaSetKind)[0]?.spec.replicas).to.equal(2);
  });

  it("refuses to pull at the pods of another autoscaler", async () => {
    await start(2);
    await autoscale({ cpuPercent: 50 });
    await autoscale({
      name: "rival",
      cpuPercent: 10,
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
    });
    await clock.advance(15_000);

    const reasons = api
      .objects(horizontalPodAutoscalerKind)
      .map(({ status: { conditions: all } }) => all.find(({ type }) => type === "ScalingActive")?.reason);
    expect([replicas(), reasons]).to.deep.equal([2, ["AmbiguousSelector", "AmbiguousSelector"]]);
    expect(said()).to.include(
      "Warning AmbiguousSelector: pods by selector app=web are controlled by multiple HPAs: [default/rival default/web]",
    );
  });

  it("says that it is not allowed to scale, and tries again", async () => {
    await start(2);
    const allow = api.intercept({
      before: ({ verb, kind }) => {
        if (["update", "patch"].includes(verb) && kind.kind === "Deployment")
          throw forbidden({ group: "apps", kind: "deployments", name: "web" }, "no");
      },
    });
    await autoscale({ cpuPercent: 25 });
    const refused = conditions().AbleToScale;
    allow();
    await clock.advance(15_000);
    expect([refused, replicas()]).to.deep.equal(["False FailedUpdateScale", 4]);
  });
});
