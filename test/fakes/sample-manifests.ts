/** A kind's smallest manifest that is admitted, and changes (merge patches) that may be made to it, alone or together. */
export interface Sample {
  readonly base: object;
  readonly variants: readonly object[];
}

const metadata = { name: "sample" };
const labels = { app: "sample" };
const container = { name: "c", image: "busybox:1" };
const podSpec = { containers: [container] };
const template = { metadata: { labels }, spec: podSpec };
const selector = { matchLabels: labels };
const podVariants: readonly object[] = [
  {
    containers: [
      {
        ...container,
        ports: [
          { containerPort: 80, name: "http" },
          { containerPort: 53, protocol: "UDP" },
        ],
      },
    ],
  },
  { containers: [container, { name: "d", image: "busybox@sha256:abc", command: ["sh"], args: ["-c", "true"] }] },
  {
    containers: [
      {
        ...container,
        env: [
          { name: "B", value: "2" },
          { name: "A", value: "$(B)" },
        ],
      },
    ],
  },
  { containers: [{ ...container, resources: { limits: { cpu: "0.5", memory: "1024Ki" } } }] },
  { terminationGracePeriodSeconds: 0 },
  { tolerations: [{ operator: "Exists" }], nodeSelector: { disk: "ssd", arch: "amd64" } },
  { hostname: "h", dnsPolicy: "Default" },
];
const templateVariants = podVariants.map((spec) => ({ spec: { template: { spec } } }));

/** A sample of each kind, by the kind's name. */
export const sampleManifests: Readonly<Record<string, Sample>> = {
  Namespace: { base: { metadata }, variants: [{ spec: { finalizers: ["kubernetes"] } }] },
  Node: {
    base: { metadata },
    variants: [{ spec: { unschedulable: true } }, { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } }],
  },
  Pod: { base: { metadata, spec: podSpec }, variants: [...podVariants.map((spec) => ({ spec })), { spec: { restartPolicy: "Never" } }] },
  DaemonSet: {
    base: { metadata, spec: { selector, template } },
    variants: [...templateVariants, { spec: { updateStrategy: { type: "OnDelete" } } }, { spec: { minReadySeconds: 5 } }],
  },
  Deployment: {
    base: { metadata, spec: { selector, template } },
    variants: [
      ...templateVariants,
      { spec: { replicas: 0, paused: true } },
      { spec: { strategy: { type: "Recreate" } } },
      { spec: { strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: "10%" } } } },
    ],
  },
  ReplicaSet: { base: { metadata, spec: { selector, template } }, variants: [...templateVariants, { spec: { replicas: 0 } }] },
  StatefulSet: {
    base: { metadata, spec: { selector, template, serviceName: "s" } },
    variants: [...templateVariants, { spec: { podManagementPolicy: "Parallel" } }, { spec: { updateStrategy: { type: "OnDelete" } } }],
  },
  HorizontalPodAutoscaler: {
    base: { metadata, spec: { maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "web", apiVersion: "apps/v1" } } },
    variants: [
      { spec: { minReplicas: 2 } },
      { spec: { metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }] } },
      { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 10 } } } },
    ],
  },
  CronJob: {
    base: {
      metadata,
      spec: { schedule: "*/5 * * * *", jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } } },
    },
    variants: [{ spec: { timeZone: "Europe/Berlin" } }, { spec: { suspend: true, concurrencyPolicy: "Forbid" } }],
  },
  Job: {
    base: { metadata, spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
    variants: [{ spec: { completions: 3, parallelism: 2 } }, { spec: { backoffLimit: 0 } }, { spec: { suspend: true } }],
  },
  Lease: { base: { metadata }, variants: [{ spec: { holderIdentity: "me", leaseDurationSeconds: 15 } }] },
  Event: {
    base: { metadata, involvedObject: { namespace: "default", kind: "Pod", name: "a" } },
    variants: [
      { type: "Warning", reason: "BackOff", message: "again" },
      { count: 3, source: { component: "howbelet" } },
    ],
  },
  ConfigMap: {
    base: { metadata },
    variants: [
      { data: { b: "2", a: "1", 10: "ten", 9: "nine" } },
      { binaryData: { x: "AAEC" } },
      { immutable: true },
      { immutable: false },
    ],
  },
  Secret: { base: { metadata }, variants: [{ data: { k: "dg==" } }, { stringData: { s: "text" } }, { type: "example.com/mine" }] },
  ServiceAccount: {
    base: { metadata },
    variants: [{ imagePullSecrets: [{ name: "b" }, { name: "a" }] }, { automountServiceAccountToken: false }],
  },
  PriorityClass: { base: { metadata, value: 5 }, variants: [{ value: 0 }, { globalDefault: true }, { preemptionPolicy: "Never" }] },
  ResourceQuota: {
    base: { metadata },
    variants: [{ spec: { hard: { pods: "10", "limits.cpu": "1000m" } } }, { spec: { scopes: ["NotTerminating", "NotBestEffort"] } }],
  },
  LimitRange: {
    base: { metadata },
    variants: [
      {
        spec: {
          limits: [
            { type: "Container", default: { cpu: "1" }, min: { cpu: "100m" } },
            { type: "Pod", max: { memory: "1Gi" } },
          ],
        },
      },
    ],
  },
  FlightRecord: {
    base: { metadata, pod: { kind: "Pod", name: "web", namespace: "default" }, flight: { container: "main", end: { exitCode: 1 } } },
    variants: [{ metadata: { labels: { seen: "yes" } } }, { metadata: { annotations: { note: "a" } } }],
  },
  PlacementRecord: {
    base: { metadata, pod: { kind: "Pod", name: "web", namespace: "default" }, placement: { nodeName: "n1", nodeCount: 2 } },
    variants: [{ metadata: { labels: { seen: "yes" } } }, { placement: { attempts: 2 } }],
  },
  PodDisruptionBudget: {
    base: { metadata, spec: { selector } },
    variants: [{ spec: { minAvailable: "50%" } }, { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } }],
  },
  ControllerRevision: { base: { metadata, revision: 1, data: {} }, variants: [{ data: { spec: { a: [1, null, "x"] } } }] },
};
