/** Whole objects with valid defaults: a test states only what matters to it. */
export { type DeploymentOptions, deployment, ownedByDeployment } from "./deployment.js";
export { type LeaseOptions, lease } from "./lease.js";
export { birthMs, type MetadataOptions, type Owner } from "./metadata.js";
export { namespace } from "./namespace.js";
export { type NodeOptions, node } from "./node.js";
export { type PodOptions, pod } from "./pod.js";
export { podTemplate, type TemplateOptions } from "./pod-template.js";
export { ownedBy, type ReplicaSetOptions, replicaSet } from "./replica-set.js";
