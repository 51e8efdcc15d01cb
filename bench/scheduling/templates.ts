import type { PodOptions } from "../../test/builders/pod.js";

/** What the pods of a workload are like, after Kubernetes' templates for scheduler_perf. */
export type PodTemplate = Pick<PodOptions, "labels" | "requests" | "spec">;

const small = { cpu: "100m", memory: "500Mi" };

/** pod-default: a tenth of a core and 500 MiB. */
export const defaultPod: PodTemplate = { requests: small };

/** pod-low-priority: four of them leave 400m of a node. */
export const lowPriorityPod: PodTemplate = { requests: { cpu: "900m", memory: "500Mi" }, spec: { terminationGracePeriodSeconds: 0 } };

/** The PriorityClass of those that may preempt. */
export const highPriority = { name: "high", value: 10 };

/** pod-high-priority: fits where three of the low ones give way. */
export const highPriorityPod: PodTemplate = {
  requests: { cpu: "3", memory: "500Mi" },
  spec: { priorityClassName: highPriority.name },
};

/** pod-high-priority-large-cpu: no node has as much. */
export const tooLargePod: PodTemplate = { requests: { cpu: "9", memory: "500Mi" }, spec: { priorityClassName: highPriority.name } };

/** pod-with-topology-spreading: over zones, by at most five. */
export const spreadPod: PodTemplate = {
  labels: { color: "blue" },
  requests: small,
  spec: {
    topologySpreadConstraints: [
      {
        maxSkew: 5,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { color: "blue" }, matchExpressions: [] },
        minDomains: undefined,
        nodeAffinityPolicy: undefined,
        nodeTaintsPolicy: undefined,
        matchLabelKeys: [],
      },
    ],
  },
};

/** pod-with-pod-anti-affinity: one a node, counted over two namespaces. */
export const antiAffinityPod = (namespaces: readonly string[]): PodTemplate => ({
  labels: { color: "green" },
  requests: small,
  spec: {
    affinity: {
      nodeAffinity: undefined,
      podAffinity: undefined,
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { color: "green" }, matchExpressions: [] },
            namespaces: [...namespaces],
            topologyKey: "kubernetes.io/hostname",
            namespaceSelector: undefined,
            matchLabelKeys: [],
            mismatchLabelKeys: [],
          },
        ],
        preferredDuringSchedulingIgnoredDuringExecution: [],
      },
    },
  },
});
