/** JSON as a user writes it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const labels = { app: "fuzz" };
const selector = { matchLabels: labels };
const container = {
  name: "main",
  image: "busybox:1.36",
  command: ["sleep", "3600"],
  env: [{ name: "MODE", value: "test" }],
  ports: [{ containerPort: 8080, name: "http", protocol: "TCP" }],
  resources: { requests: { cpu: "100m", memory: "16Mi" }, limits: { cpu: "200m", memory: "32Mi" } },
};
const podSpec = { containers: [container], restartPolicy: "Always", terminationGracePeriodSeconds: 5 };
const template = { metadata: { labels }, spec: podSpec };
const jobTemplate = {
  template: { metadata: { labels }, spec: { ...podSpec, restartPolicy: "Never" } },
  backoffLimit: 2,
  completions: 3,
  parallelism: 2,
};

/** For each kind a manifest that is accepted, with fields of every sort to bend. Metadata is added to it. */
export const manifests: Readonly<Record<string, { readonly [name: string]: Json }>> = {
  Namespace: { apiVersion: "v1", spec: { finalizers: ["kubernetes"] } },
  Node: { apiVersion: "v1", spec: { unschedulable: true, taints: [{ key: "a", value: "b", effect: "NoSchedule" }] } },
  Pod: { apiVersion: "v1", spec: podSpec },
  ReplicaSet: { apiVersion: "apps/v1", spec: { replicas: 2, selector, template } },
  Deployment: {
    apiVersion: "apps/v1",
    spec: { replicas: 2, selector, template, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 1 } } },
  },
  DaemonSet: {
    apiVersion: "apps/v1",
    spec: { selector, template, updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } } },
  },
  StatefulSet: {
    apiVersion: "apps/v1",
    spec: {
      replicas: 2,
      serviceName: "fuzz",
      selector,
      template,
      updateStrategy: { rollingUpdate: { partition: 1 } },
      podManagementPolicy: "Parallel",
    },
  },
  ControllerRevision: { apiVersion: "apps/v1", revision: 3, data: { spec: { template: {} } } },
  Job: { apiVersion: "batch/v1", spec: jobTemplate },
  CronJob: {
    apiVersion: "batch/v1",
    spec: { schedule: "*/5 * * * *", timeZone: "Europe/Berlin", concurrencyPolicy: "Forbid", jobTemplate: { spec: jobTemplate } },
  },
  HorizontalPodAutoscaler: {
    apiVersion: "autoscaling/v2",
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: "Percent", value: 10, periodSeconds: 60 }] } },
    },
  },
  ConfigMap: { apiVersion: "v1", data: { "a.conf": "text" }, binaryData: { blob: "AAEC" } },
  Secret: { apiVersion: "v1", type: "Opaque", data: { password: "c2VjcmV0" }, stringData: { user: "root" } },
  ServiceAccount: {
    apiVersion: "v1",
    automountServiceAccountToken: false,
    secrets: [{ name: "token" }],
    imagePullSecrets: [{ name: "pull" }],
  },
  ResourceQuota: { apiVersion: "v1", spec: { hard: { pods: "10", "requests.cpu": "4", "count/configmaps": "5" } } },
  LimitRange: {
    apiVersion: "v1",
    spec: { limits: [{ type: "Container", max: { cpu: "2" }, min: { cpu: "10m" }, default: { cpu: "500m" } }] },
  },
  FlightRecord: {
    apiVersion: "howbernetes.dev/v1",
    pod: { apiVersion: "v1", kind: "Pod", name: "web", namespace: "default" },
    controllers: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", namespace: "default" }],
    nodeName: "n1",
    flight: { container: "main", end: { exitCode: 137, signal: 9, reason: "Error" }, log: ["the end"] },
  },
  PlacementRecord: {
    apiVersion: "howbernetes.dev/v1",
    pod: { apiVersion: "v1", kind: "Pod", name: "web", namespace: "default" },
    placement: {
      schedulerName: "default-scheduler",
      nodeCount: 2,
      message: "0/2 nodes are available: 2 Insufficient cpu.",
      verdicts: [{ nodeName: "n1", obstacles: [{ plugin: "NodeResourcesFit", reason: "Insufficient cpu", detail: "asks for 2" }] }],
    },
  },
  PodDisruptionBudget: { apiVersion: "policy/v1", spec: { minAvailable: "50%", selector } },
  PriorityClass: { apiVersion: "scheduling.k8s.io/v1", value: 1000, globalDefault: false, description: "for tests" },
  Lease: {
    apiVersion: "coordination.k8s.io/v1",
    spec: { holderIdentity: "someone", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000000Z" },
  },
  Event: {
    apiVersion: "v1",
    involvedObject: { apiVersion: "v1", kind: "Pod", name: "web", namespace: "default" },
    reason: "Tested",
    message: "by a test",
    type: "Normal",
    count: 1,
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:00:00Z",
    source: { component: "fuzz" },
  },
};
