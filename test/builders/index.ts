/** Whole objects with valid defaults: a test states only what matters to it. */
export { configMap } from "./config-map.js";
export { controllerRevision } from "./controller-revision.js";
export { type DaemonSetOptions, daemonSet } from "./daemon-set.js";
export { type DeploymentOptions, deployment } from "./deployment.js";
export { type JobOptions, job } from "./job.js";
export { lease } from "./lease.js";
export { limitRange } from "./limit-range.js";
export { birthMs } from "./metadata.js";
export { namespace } from "./namespace.js";
export { type NodeOptions, node } from "./node.js";
export { type PodOptions, pod } from "./pod.js";
export { podDisruptionBudget } from "./pod-disruption-budget.js";
export { priorityClass } from "./priority-class.js";
export { ownedBy, replicaSet } from "./replica-set.js";
export { resourceQuota } from "./resource-quota.js";
export { secret } from "./secret.js";
export { serviceAccount } from "./service-account.js";
export { type StatefulSetOptions, statefulSet } from "./stateful-set.js";
