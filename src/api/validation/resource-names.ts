import type { FieldError } from "../errors.js";
import { invalidValue } from "./field-error.js";
import { qualifiedNameProblems } from "./names.js";

/** What a container may request. */
const containerResources: readonly string[] = ["cpu", "memory", "ephemeral-storage"];

/** Objects that a quota counts, by the names that are older than `count/<resource>`. */
const countedResources: readonly string[] = [
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
];

const quotaResources: readonly string[] = [
  ...containerResources,
  "requests.cpu",
  "requests.memory",
  "requests.storage",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  ...countedResources,
];

const requestsPrefix = "requests.";
const hugePagesPrefix = "hugepages-";

/** Whether a resource needs no prefix of its own, or has one of Kubernetes' ("kubernetes.io/…"). */
function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

/** Whether a resource is someone's own, as "example.com/gpu". */
export function isExtendedResource(name: string): boolean {
  return !isNative(name) && !name.startsWith(requestsPrefix) && qualifiedNameProblems(requestsPrefix + name).length === 0;
}

/** Whether a quota knows the resource by a name without a prefix. */
export function isStandardQuotaResource(name: string): boolean {
  return quotaResources.includes(name) || name.startsWith(hugePagesPrefix) || name.startsWith(requestsPrefix + hugePagesPrefix);
}

/** Whether there are only whole ones of a resource. */
export function isIntegerResource(name: string): boolean {
  return countedResources.includes(name) || isExtendedResource(name);
}

/** Whether a container may be limited to more of a resource than it requests. */
export function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !name.startsWith(hugePagesPrefix);
}

/** Every error of the name of any resource. */
export function validateResourceName(name: string, path: string): FieldError[] {
  const problems = qualifiedNameProblems(name);
  if (problems.length > 0) return problems.map((problem) => invalidValue(path, name, problem));
  const isKnown = name.includes("/") || name === "storage" || isStandardQuotaResource(name);
  return isKnown ? [] : [invalidValue(path, name, "must be a standard resource type or fully qualified")];
}

/** Every error of the name of a resource that a quota limits. */
export function validateQuotaResourceName(name: string, path: string): FieldError[] {
  const isKnown = name.includes("/") || isStandardQuotaResource(name);
  return [...validateResourceName(name, path), ...(isKnown ? [] : [invalidValue(path, name, "must be a standard resource for quota")])];
}

/** Every error of the name of a resource that a container requests. */
export function validateContainerResourceName(name: string, path: string): FieldError[] {
  return [...validateResourceName(name, path), ...containerProblems(name).map((problem) => invalidValue(path, name, problem))];
}

function containerProblems(name: string): string[] {
  if (name.includes("/")) return isNative(name) || isExtendedResource(name) ? [] : ["doesn't follow extended resource name standard"];
  const isStandard = containerResources.includes(name) || name.startsWith(hugePagesPrefix);
  return isStandard ? [] : ["must be a standard resource for containers"];
}
