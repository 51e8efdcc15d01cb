/** Whole objects with valid defaults: a test states only what matters to it. */
export { configMap } from "./config-map.js";
export { type DeploymentOptions, deployment } from "./deployment.js";
export { type JobOptions, job } from "./job.js";
export { lease } from "./lease.js";
export { birthMs } from "./metadata.js";
export { namespace } from "./namespace.js";
export { type NodeOptions, node } from "./node.js";
export { type PodOptions, pod } from "./pod.js";
export { ownedBy, replicaSet } from "./replica-set.js";
export { secret } from "./secret.js";
