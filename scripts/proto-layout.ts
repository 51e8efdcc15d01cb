/** Where `draft-proto.ts` puts what: which kinds are wanted, and which file holds which message. */

interface FileRule {
  /** File name without folder and ending. */
  readonly file: string;
  /** Message names that belong there; the first rule that matches decides. */
  readonly pattern: RegExp;
}

/** Messages wanted, with all that they refer to, by their key in the table. */
export const roots: readonly string[] = [
  ...["Namespace", "Node", "Pod", "Event", "Binding", "PodLogOptions"].map((name) => `core.v1.${name}`),
  ...["ConfigMap", "Secret", "ServiceAccount", "ResourceQuota", "LimitRange"].map((name) => `core.v1.${name}`),
  ...["ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "ControllerRevision"].map((name) => `apps.v1.${name}`),
  "batch.v1.Job",
  "batch.v1.CronJob",
  "autoscaling.v2.HorizontalPodAutoscaler",
  "policy.v1.PodDisruptionBudget",
  "policy.v1.Eviction",
  "scheduling.v1.PriorityClass",
  "coordination.v1.Lease",
  "autoscaling.v1.Scale",
  "meta.v1.Status",
  "meta.v1.DeleteOptions",
];

/** Our package for each package of the table. */
export const packages: Readonly<Record<string, string>> = {
  "meta.v1": "howbernetes.meta.v1",
  "api.resource": "howbernetes.meta.v1",
  "util.intstr": "howbernetes.meta.v1",
  runtime: "howbernetes.meta.v1",
  "core.v1": "howbernetes.core.v1",
  "apps.v1": "howbernetes.apps.v1",
  "coordination.v1": "howbernetes.coordination.v1",
  "autoscaling.v1": "howbernetes.autoscaling.v1",
  "autoscaling.v2": "howbernetes.autoscaling.v2",
  "batch.v1": "howbernetes.batch.v1",
  "policy.v1": "howbernetes.policy.v1",
  "scheduling.v1": "howbernetes.scheduling.v1",
  "scheduling.v1alpha3": "howbernetes.scheduling.v1alpha3",
};

/** Files of each package. */
export const layout: Readonly<Record<string, readonly FileRule[]>> = {
  "howbernetes.meta.v1": [
    { file: "status", pattern: /^Status/ },
    { file: "values", pattern: /^(Quantity|IntOrString|Time|MicroTime|FieldsV1|RawExtension|LabelSelector.*)$/ },
    { file: "options", pattern: /^(DeleteOptions|Preconditions)$/ },
    { file: "meta", pattern: /./ },
  ],
  "howbernetes.core.v1": [
    { file: "namespace", pattern: /^Namespace/ },
    { file: "config_map", pattern: /^ConfigMap$/ },
    { file: "secret", pattern: /^Secret$/ },
    { file: "service_account", pattern: /^ServiceAccount$/ },
    { file: "resource_quota", pattern: /^(ResourceQuota.*|ScopeSelector|ScopedResourceSelectorRequirement)$/ },
    { file: "limit_range", pattern: /^LimitRange/ },
    { file: "event", pattern: /^Event(Source|Series)?$/ },
    { file: "binding", pattern: /^Binding$/ },
    { file: "reference", pattern: /(ObjectReference|FieldSelector|KeySelector)$/ },
    {
      file: "scheduling",
      pattern: /(Affinity|AffinityTerm|NodeSelector.*|PreferredSchedulingTerm|TopologySpreadConstraint|Toleration|Taint)$/,
    },
    { file: "pod_log", pattern: /^PodLogOptions$/ },
    {
      file: "pod_status",
      pattern:
        /^(Pod(Status|Condition|IP|ExtendedResourceClaimStatus|ResourceClaimStatus|VolumeHealth)|HostIP|VolumeHealth.*|NodeAllocatable.*|ContainerState.*|ContainerStatus|ContainerUser|LinuxContainerUser|ResourceStatus|ResourceHealth|ContainerExtendedResourceRequest|VolumeMountStatus|VolumeStatus|ImageVolumeStatus)$/,
    },
    { file: "node", pattern: /^(Node.*|ContainerImage|AttachedVolume|DaemonEndpoint|ConfigMapNodeConfigSource)$/ },
    {
      file: "volume",
      pattern: /(Volume|VolumeSource|VolumeFile|Projection|KeyToPath|PersistentVolumeClaim.*|VolumeResourceRequirements)$/,
    },
    { file: "pod", pattern: /^(Pod.*|HostAlias|EvictionResponder|Sysctl)$/ },
    { file: "container", pattern: /./ },
  ],
  "howbernetes.apps.v1": [
    { file: "replicaset", pattern: /^ReplicaSet/ },
    { file: "deployment", pattern: /^(Deployment|RollingUpdateDeployment)/ },
    { file: "daemonset", pattern: /^(DaemonSet|RollingUpdateDaemonSet)/ },
    { file: "statefulset", pattern: /^(StatefulSet|RollingUpdateStatefulSet)/ },
    { file: "controller_revision", pattern: /^ControllerRevision/ },
  ],
  "howbernetes.coordination.v1": [{ file: "lease", pattern: /^Lease/ }],
  "howbernetes.autoscaling.v1": [{ file: "scale", pattern: /^Scale/ }],
  "howbernetes.autoscaling.v2": [
    { file: "metric", pattern: /(Metric.*|CrossVersionObjectReference)$/ },
    { file: "horizontal_pod_autoscaler", pattern: /./ },
  ],
  "howbernetes.batch.v1": [
    { file: "cron_job", pattern: /^CronJob/ },
    { file: "job", pattern: /./ },
  ],
  "howbernetes.policy.v1": [
    { file: "eviction", pattern: /^Eviction$/ },
    { file: "pod_disruption_budget", pattern: /^PodDisruptionBudget/ },
  ],
  "howbernetes.scheduling.v1": [{ file: "priority_class", pattern: /^PriorityClass/ }],
  "howbernetes.scheduling.v1alpha3": [{ file: "workload", pattern: /./ }],
};
