import { expect } from "chai";
import { cronJobKind } from "../../../src/api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../../src/api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { horizontalPodAutoscalerKind } from "../../../src/api/kinds/horizontalpodautoscaler/kind.js";
import { jobKind } from "../../../src/api/kinds/job/kind.js";
import { limitRangeKind } from "../../../src/api/kinds/limitrange/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../../src/api/kinds/poddisruptionbudget/kind.js";
import { resourceQuotaKind } from "../../../src/api/kinds/resourcequota/kind.js";
import { statefulSetKind } from "../../../src/api/kinds/statefulset/kind.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { Situation } from "./why-situation.js";

interface Template {
  readonly replicas?: number;
  /** Of its one container. */
  readonly container?: string;
  /** Further fields of the pods' spec. */
  readonly pods?: string;
  /** Further fields of the workload's own. */
  readonly more?: string;
}

const workload = ({
  replicas = 1,
  container = "{ name: main, image: hollow }",
  pods = "restartPolicy: Always",
  more = "",
}: Template): string => `
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  ${more}
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [${container}]
      ${pods}
`;

describe("why a workload is as it is", () => {
  let cluster: TestCluster;
  let situation: Situation;

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    situation = await Situation.create(cluster);
  });

  const deployments = () => cluster.client.of(deploymentKind);
  const failedToCreate = (name: string): Promise<unknown> =>
    cluster.untilAll(eventKind, situation.ns, (events) =>
      events.some(({ reason, involvedObject }) => reason === "FailedCreate" && (involvedObject?.name ?? "").startsWith(name)),
    );

  it("a quota that has no room for its pods", async () => {
    await situation.make(resourceQuotaKind, "metadata: { name: few }\nspec: { hard: { pods: 1 } }");
    await cluster.until(resourceQuotaKind, situation.key("few"), ({ status }) => status.hard.pods !== undefined);
    await situation.make(deploymentKind, workload({ replicas: 3 }));
    await failedToCreate("web");
    await situation.allRun(1);
    await cluster.until(deploymentKind, situation.key("web"), ({ status }) => status.availableReplicas === 1);
    await situation.askAndFollow("deployment/web", {
      code: "QuotaExceeded",
      headline: /is incomplete, 1 of 3 pods available: 2 pods missing: quota few has no room/,
      evidence: [/pods: 1 of 1 used/, /FailedCreate.*exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1/],
      suggestion: /raise quota few: pods to 3/,
    });
    await situation.allRun(3);
  });

  it("a LimitRange that its pods do not keep to", async () => {
    await situation.make(
      limitRangeKind,
      "metadata: { name: small }\nspec: { limits: [{ type: Container, max: { cpu: 500m }, default: { cpu: 100m } }] }",
    );
    const container = '{ name: main, image: hollow, resources: { limits: { cpu: "2" }, requests: { cpu: "1" } } }';
    await situation.make(deploymentKind, workload({ container }));
    await failedToCreate("web");
    await situation.askAndFollow("deployment/web", {
      code: "LimitRange",
      headline: /1 pod missing: a LimitRange does not allow them: maximum cpu per Container is 500m, limit is 2/,
      evidence: [/FailedCreate.*maximum cpu usage per Container is 500m/],
      suggestion: /cpu at most 500m/,
    });
    await situation.allRun(1);
  });

  it("a rollout that is paused", async () => {
    await situation.make(deploymentKind, workload({}));
    await situation.allRun(1);
    await deployments().patch(situation.key("web"), "strategic", {
      spec: { paused: true, template: { spec: { containers: [{ name: "main", image: "hollow:2" }] } } },
    });
    await cluster.until(
      deploymentKind,
      situation.key("web"),
      ({ status, metadata }) => status.observedGeneration === metadata.generation && status.updatedReplicas === undefined,
    );
    await situation.askAndFollow("deployment/web", {
      code: "Paused",
      headline: /its rollout is paused$/,
      evidence: [/spec.paused: true/, /0 of 1 pods are of its present template/],
    });
    await cluster.until(
      deploymentKind,
      situation.key("web"),
      ({ status }) => status.updatedReplicas === 1 && status.availableReplicas === 1,
    );
  });

  it("a DaemonSet that is for no node", async () => {
    const set = workload({ pods: "nodeSelector: { gpu: yes please }" }).replace("replicas: 1", "minReadySeconds: 0");
    await situation.make(daemonSetKind, set.replace("yes please", "big"));
    await cluster.until(daemonSetKind, situation.key("web"), ({ status }) => status.observedGeneration === 1);
    await situation.askAndFollow("ds/web", {
      code: "NodesLeftOut",
      headline: /is without pods: 1 of 1 node gets no pod of it/,
      evidence: [/node-1: .*selector: it wants gpu=big \(it has none\)/],
      suggestion: /label node node-1 gpu=big/,
    });
    await situation.allRun(1);
    await cluster.client.of(nodeKind).patch({ namespace: "", name: "node-1" }, "merge", { metadata: { labels: { gpu: null } } });
  });

  it("a DaemonSet that does not tolerate a taint", async () => {
    const key = { namespace: "", name: "node-1" };
    const taints = [{ key: "dedicated", value: "db", effect: "NoSchedule" }];
    await cluster.client.of(nodeKind).patch(key, "merge", { spec: { taints } });
    await situation.make(daemonSetKind, workload({}).replace("replicas: 1", "minReadySeconds: 0"));
    await cluster.until(daemonSetKind, situation.key("web"), ({ status }) => status.observedGeneration === 1);
    await situation.askAndFollow("ds/web", {
      code: "NodesLeftOut",
      headline: /gets no pod of it/,
      evidence: [/node-1: node\(s\) had untolerated taint\(s\): dedicated=db:NoSchedule/],
      suggestion: /tolerate dedicated=db:NoSchedule/,
    });
    await situation.allRun(1);
    await cluster.client.of(nodeKind).patch(key, "merge", { spec: { taints: null } });
  });

  it("a StatefulSet whose first pod cannot be placed", async () => {
    const nowhere = "nodeSelector: { disk: ssd }";
    await situation.make(statefulSetKind, workload({ replicas: 2, pods: nowhere, more: "serviceName: web" }));
    await situation.refused("web-0");
    const diagnosis = await situation.why("sts/web");
    expect(diagnosis.headline).to.match(/is incomplete, 0 of 2 pods ready: 1 pod waits for pod web-0, which is Pending and not ready/);
    await situation.askAndFollow("sts/web", {
      code: "Unschedulable",
      headline: /waits for pod web-0/,
      evidence: [/didn't match Pod's node affinity\/selector/],
      suggestion: /nodeSelector/,
    });
    await situation.allRun(2);
  });

  it("a Job that is suspended", async () => {
    const job = `
metadata: { name: import }
spec: { suspend: true, template: { spec: { restartPolicy: Never, containers: [{ name: main, image: hollow }] } } }
`;
    await situation.make(jobKind, job);
    await situation.askAndFollow("job/import", {
      code: "Suspended",
      headline: /is suspended: it is suspended$/,
      evidence: [/spec.suspend: true/],
    });
    await situation.allRun(1);
  });

  it("a Job that took too long", async () => {
    const job = `
metadata: { name: import }
spec:
  activeDeadlineSeconds: 1
  template: { spec: { restartPolicy: Never, terminationGracePeriodSeconds: 0, containers: [{ name: main, image: hollow }] } }
`;
    await situation.make(jobKind, job);
    await cluster.until(jobKind, situation.key("import"), ({ status }) => status.conditions.some(({ type }) => type === "Failed"));
    await situation.askAndFollow("job/import", {
      code: "DeadlineExceeded",
      headline: /is failed: it took longer than its activeDeadlineSeconds of 1/,
      evidence: [/condition Failed is True.*DeadlineExceeded: Job was active longer than specified deadline/],
    });
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.some(({ status }) => status.phase === "Running"));
  });

  it("a CronJob that is suspended", async () => {
    const cronJob = `
metadata: { name: nightly }
spec:
  schedule: "* * * * *"
  suspend: true
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: hollow }] } } } }
`;
    await situation.make(cronJobKind, cronJob);
    await situation.askAndFollow("cronjob/nightly", {
      code: "Suspended",
      headline: /is suspended: it is suspended: no jobs are started/,
      evidence: [/spec.suspend: true/],
    });
    cluster.clock.advance(60_000);
    await situation.allRun(1);
    await cluster.client.of(cronJobKind).patch(situation.key("nightly"), "merge", { spec: { suspend: true } });
  });

  it("a deployment that is to have no pods says so, and that this is as it should be", async () => {
    await situation.make(deploymentKind, workload({ replicas: 0 }));
    await cluster.until(deploymentKind, situation.key("web"), ({ status }) => status.observedGeneration === 1);
    const diagnosis = await situation.why("deployment/web");
    expect(diagnosis.healthy).to.equal(true);
    expect(diagnosis.headline).to.match(/is scaled to zero: it is to have no pods/);
    const [suggestion] = diagnosis.findings[0]?.suggestions ?? [];
    if (suggestion !== undefined) await situation.follow(suggestion);
    await situation.allRun(1);
    await cluster.until(
      deploymentKind,
      situation.key("web"),
      ({ status }) => status.availableReplicas === 1 && status.updatedReplicas === 1,
    );
    expect((await situation.why("deployment/web")).headline).to.match(/is complete, 1 of 1 pod available/);
  });

  it("a pod that a finalizer keeps: its successor runs, and it goes when that is taken away", async () => {
    await situation.make(deploymentKind, workload({ pods: "terminationGracePeriodSeconds: 0" }));
    await situation.allRun(1);
    const [pod] = (await cluster.client.of(podKind).list({ namespace: situation.ns })).items;
    const key = situation.key(pod?.metadata.name ?? "");
    await cluster.client.of(podKind).patch(key, "merge", { metadata: { finalizers: ["example.com/hold"] } });
    await cluster.client.of(podKind).delete(key);
    await cluster.until(podKind, key, ({ status }) => status.phase === "Succeeded" || status.phase === "Failed");
    await situation.askAndFollow(`pod/${key.name}`, {
      code: "HeldByFinalizers",
      headline: /is terminating: finalizer example.com\/hold keeps it$/,
      evidence: [/metadata.finalizers: example.com\/hold/, /its containers have ended/, /whoever set example.com\/hold/],
    });
    await cluster.gone(podKind, key);
    await situation.allRun(1);
  });

  it("a namespace that an object in it keeps", async () => {
    const held = "metadata: { name: web, finalizers: [example.com/hold] }\nspec: { hard: { pods: 1 } }";
    await situation.make(resourceQuotaKind, held);
    const key = { namespace: "", name: situation.ns };
    await cluster.client.of(namespaceKind).delete(key);
    await cluster.until(namespaceKind, key, ({ status }) =>
      status.conditions.some(({ type, status: is }) => type === "NamespaceFinalizersRemaining" && is === "True"),
    );
    await situation.askAndFollow(`ns/${situation.ns}`, {
      code: "HeldByFinalizers",
      headline: /is terminating: 1 object in it is kept by finalizers/,
      evidence: [/resourcequota .*\/web: example.com\/hold/, /SomeFinalizersRemain/],
    });
    await cluster.gone(namespaceKind, key);
  });

  it("a budget that never allows an eviction", async () => {
    await situation.make(deploymentKind, workload({ replicas: 2 }));
    await situation.allRun(2);
    await situation.make(
      podDisruptionBudgetKind,
      "metadata: { name: web }\nspec: { minAvailable: 2, selector: { matchLabels: { app: web } } }",
    );
    await cluster.until(podDisruptionBudgetKind, situation.key("web"), ({ status }) => status.currentHealthy === 2);
    await situation.askAndFollow("pdb/web", {
      code: "NeverAllows",
      headline: /is allowing no evictions: it never allows an eviction/,
      evidence: [/minAvailable: 2/, /2 of 2 pods are healthy, 2 have to be/],
    });
    await cluster.until(podDisruptionBudgetKind, situation.key("web"), ({ status }) => status.disruptionsAllowed === 1);
  });

  it("an autoscaler that has no figures", async () => {
    await situation.make(deploymentKind, workload({}));
    await situation.allRun(1);
    const autoscaler = `
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 3
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
`;
    await situation.make(horizontalPodAutoscalerKind, autoscaler);
    await cluster.until(horizontalPodAutoscalerKind, situation.key("web"), ({ status }) =>
      status.conditions.some(({ type, status: is }) => type === "ScalingActive" && is === "False"),
    );
    const diagnosis = await situation.why("hpa/web");
    expect(diagnosis.healthy, JSON.stringify(diagnosis)).to.equal(false);
    expect(diagnosis.findings[0]?.code).to.equal("MetricsMissing");
    expect(diagnosis.headline).to.match(/its pods do not say how much cpu they request|there are no figures to go by/);
  });

  it("a node that is cordoned", async () => {
    const key = { namespace: "", name: "node-1" };
    await cluster.client.of(nodeKind).patch(key, "merge", { spec: { unschedulable: true } });
    await situation.make(podKind, "metadata: { name: web }\nspec: { containers: [{ name: main, image: hollow }] }");
    await situation.refused("web");
    await situation.askAndFollow("node/node-1", {
      code: "Cordoned",
      headline: /^node node-1 is ready, and cordoned: it is cordoned: it gets no new pods$/,
      evidence: [/spec.unschedulable: true/],
    });
    await situation.runs("web");
  });
});
