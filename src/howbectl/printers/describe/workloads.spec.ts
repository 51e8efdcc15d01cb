import { expect } from "chai";
import {
  cronJob,
  daemonSet,
  deployment,
  horizontalPodAutoscaler,
  job,
  pod,
  replicaSet,
  statefulSet,
} from "../../../../test/builders/index.js";
import { intOrString } from "../../../api/values/int-or-string.js";
import { timeFromMs } from "../../../api/values/time.js";
import { HorizontalPodAutoscalerSpec } from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import { PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { describeHorizontalPodAutoscaler } from "./autoscaler.js";
import { Description } from "./description.js";
import { describeCronJob, describeJob } from "./jobs.js";
import { podTemplateText } from "./pod-template.js";
import { describeDaemonSet, describeStatefulSet } from "./sets.js";
import { describeDeployment, describeReplicaSet } from "./workloads.js";

const lines = (fill: (description: Description) => void): string[] => {
  const description = new Description();
  fill(description);
  return description.lines();
};

/** What stands behind a label. */
const field = (described: readonly string[], label: string): string | undefined =>
  described
    .find((line) => line.trim().startsWith(`${label}:`))
    ?.split(/:\s+/)
    .slice(1)
    .join(": ");

describe("describeDeployment", () => {
  const web = deployment({ template: { image: "web:2" } });
  const older = replicaSet({ name: "web-1", replicas: 0, matchLabels: { app: "web" }, template: { image: "web:1" } });
  const labels = { app: "web", "pod-template-hash": "x" };
  const newer = replicaSet({ name: "web-2", replicas: 3, template: { image: "web:2", labels }, status: { replicas: 2 } });

  it("tells the ReplicaSet of the present template from those of earlier ones", () => {
    const described = lines((description) => describeDeployment(web, [older, newer], description));
    expect(field(described, "OldReplicaSets")).to.equal("web-1 (0/0 replicas created)");
    expect(field(described, "NewReplicaSet")).to.equal("web-2 (2/3 replicas created)");
  });

  it("names none where there are none of a sort, and says nothing of them where there are none at all", () => {
    expect(
      field(
        lines((description) => describeDeployment(web, [older], description)),
        "NewReplicaSet",
      ),
    ).to.equal("<none>");
    expect(
      field(
        lines((description) => describeDeployment(web, [], description)),
        "NewReplicaSet",
      ),
    ).to.equal(undefined);
  });

  it("lays the template out as kubectl does", () => {
    const described = lines((description) => describeDeployment(web, [], description));
    expect(described.slice(described.indexOf("Pod Template:"))).to.deep.equal([
      "Pod Template:",
      "  Labels:  app=web",
      "  Containers:",
      "   main:",
      "    Image:         web:2",
      "    Port:          <none>",
      "    Host Port:     <none>",
      "    Environment:   <none>",
      "    Mounts:        <none>",
      "  Volumes:         <none>",
      "  Node-Selectors:  <none>",
      "  Tolerations:     <none>",
    ]);
  });
});

describe("podTemplateText", () => {
  it("shows whatever a template has, its cells set apart by tabs", () => {
    const template = PodTemplateSpec.fromPartial({
      metadata: { labels: { a: "1", b: "2" }, annotations: { note: "yes" } },
      spec: {
        serviceAccountName: "robot",
        initContainers: [{ name: "first", image: "init:1" }],
        containers: [
          {
            name: "main",
            image: "web:1",
            ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
            resources: { limits: { cpu: { string: "1" } } },
            livenessProbe: { handler: { httpGet: { path: "/live", port: intOrString("http"), scheme: "HTTP" } }, periodSeconds: 10 },
            readinessProbe: { handler: { exec: { command: ["test", "-e", "/ready"] } }, timeoutSeconds: 2 },
            startupProbe: { handler: { tcpSocket: { port: intOrString(80) } } },
            env: [{ name: "TEXT", value: "one\ntwo" }],
          },
        ],
        volumes: [{ name: "data", volumeSource: { emptyDir: {} } }],
        tolerations: [{ key: "gpu", operator: "Exists", effect: "NoSchedule" }],
        topologySpreadConstraints: [{ topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", maxSkew: 1 }],
        priorityClassName: "high",
        nodeSelector: { disk: "ssd" },
      },
    });
    expect(podTemplateText(template).split("\n")).to.deep.equal([
      "Pod Template:",
      "  Labels:\ta=1",
      "\tb=2",
      "  Annotations:\tnote: yes",
      "  Service Account:\trobot",
      "  Init Containers:",
      "   first:",
      "    Image:\tinit:1",
      "    Port:\t<none>",
      "    Host Port:\t<none>",
      "    Environment:\t<none>",
      "    Mounts:\t<none>",
      "  Containers:",
      "   main:",
      "    Image:\tweb:1",
      "    Port:\t80/TCP (http)",
      "    Host Port:\t0/TCP (http)",
      "    Limits:",
      "      cpu:\t1",
      "    Liveness:\thttp-get http://:http/live delay=0s timeout=0s period=10s #success=0 #failure=0",
      "    Readiness:\texec [test -e /ready] delay=0s timeout=2s period=0s #success=0 #failure=0",
      "    Startup:\ttcp-socket :80 delay=0s timeout=0s period=0s #success=0 #failure=0",
      "    Environment:",
      "      TEXT:\tone",
      "\ttwo",
      "    Mounts:\t<none>",
      "  Volumes:",
      "   data:",
      "    Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
      "    Medium:\t",
      "    SizeLimit:\t<unset>",
      "  Topology Spread Constraints:\tzone:DoNotSchedule when max skew 1 is exceeded",
      "  Priority Class Name:\thigh",
      "  Node-Selectors:\tdisk=ssd",
      "  Tolerations:\tgpu:NoSchedule op=Exists",
      "",
    ]);
  });
});

describe("descriptions of sets", () => {
  it("count pods by phase", () => {
    const pods = [pod(), pod({ phase: "Failed" }), pod({ nodeName: "" })];
    const described = lines((description) => describeReplicaSet(replicaSet({ replicas: 3, status: { replicas: 2 } }), pods, description));
    expect(field(described, "Replicas")).to.equal("2 current / 3 desired");
    expect(field(described, "Pods Status")).to.equal("1 Running / 1 Waiting / 0 Succeeded / 1 Failed");
  });

  it("tell how far a DaemonSet is", () => {
    const agent = daemonSet({ status: { desiredNumberScheduled: 3, currentNumberScheduled: 2, updatedNumberScheduled: 1 } });
    const described = lines((description) => describeDaemonSet(agent, [], description));
    expect(field(described, "Node-Selector")).to.equal("<none>");
    expect(described).to.include.members(["Desired Number of Nodes Scheduled: 3", "Number of Nodes Scheduled with Up-to-date Pods: 1"]);
  });

  it("tell a StatefulSet's partition", () => {
    const described = lines((description) => describeStatefulSet(statefulSet({ replicas: 2, status: { replicas: 1 } }), [], description));
    expect(field(described, "Replicas")).to.equal("2 desired | 1 total");
    expect(field(described, "Partition")).to.equal("0");
  });
});

describe("describeJob", () => {
  const startTime = timeFromMs(Date.UTC(2026, 0, 1));
  const described = (given: Parameters<typeof job>[0]): string[] => lines((description) => describeJob(job(given), description));

  it("tells a duration when it has ended, and not before", () => {
    const completionTime = timeFromMs(Date.UTC(2026, 0, 1, 0, 1, 5));
    expect(field(described({ status: { startTime, completionTime } }), "Duration")).to.equal("65s");
    expect(field(described({ status: { startTime } }), "Duration")).to.equal(undefined);
  });

  it("counts pods, the ready ones when they are counted", () => {
    expect(field(described({ status: { active: 2, ready: 1, succeeded: 3 } }), "Pods Statuses")).to.equal(
      "2 Active (1 Ready) / 3 Succeeded / 0 Failed",
    );
    expect(field(described({ status: { active: 2 } }), "Pods Statuses")).to.equal("2 Active / 0 Succeeded / 0 Failed");
  });

  it("lists completed indexes, and not without end", () => {
    const indexed = (completedIndexes: string) =>
      field(described({ spec: { completionMode: "Indexed" }, status: { completedIndexes } }), "Completed Indexes");
    expect(indexed("")).to.equal("<none>");
    expect(indexed("0-3,5")).to.equal("0-3,5");
    const many = Array.from({ length: 40 }, (_, index) => index * 2).join(",");
    expect(indexed(many)).to.match(/^0,2,4,[\d,]+,\.\.\.$/);
    const failing = described({ spec: { completionMode: "Indexed", backoffLimitPerIndex: 1 }, status: { failedIndexes: "4" } });
    expect(field(failing, "Failed Indexes")).to.equal("4");
  });
});

describe("describeCronJob", () => {
  it("names the Jobs that run, in one line", () => {
    const active = ["tick-1", "tick-2"].map((name) => ({ name }));
    const described = lines((description) => describeCronJob(cronJob({ status: { active } as never }), description));
    expect(field(described, "Time Zone")).to.equal("<unset>");
    expect(field(described, "Active Jobs")).to.equal("tick-1, tick-2");
  });
});

describe("describeHorizontalPodAutoscaler", () => {
  it("tells the metrics and how fast it may scale", () => {
    const spec = HorizontalPodAutoscalerSpec.fromPartial({
      scaleTargetRef: { kind: "Deployment", name: "web" },
      maxReplicas: 5,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { averageUtilization: 60 } } },
        { type: "Pods", pods: { metric: { name: "hits" }, target: { averageValue: { string: "10" } } } },
        { type: "External", external: { metric: { name: "queue" }, target: { value: { string: "7" } } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: "Pods", value: 2, periodSeconds: 15 }] } },
    });
    const autoscaler = { ...horizontalPodAutoscaler(), spec };
    const described = lines((description) => describeHorizontalPodAutoscaler(autoscaler, description));
    expect(described.slice(described.findIndex((line) => line.startsWith("Reference")))).to.deep.equal([
      "Reference:                                             Deployment/web",
      "Metrics:                                               ( current / target )",
      "  resource cpu on pods  (as a percentage of request):  <unknown> / 60%",
      '  "hits" on pods:                                      <unknown> / 10',
      '  "queue" (target value):                              <unknown> / 7',
      "Min replicas:                                          <unset>",
      "Max replicas:                                          5",
      "Behavior:",
      "  Scale Down:",
      "    Stabilization Window: 60 seconds",
      "    Select Policy: Max",
      "    Policies:",
      "      - Type: Pods  Value: 2  Period: 15 seconds",
      "Deployment pods:    0 current / 0 desired",
    ]);
  });
});
