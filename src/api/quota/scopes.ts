import type { Pod, PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { ResourceQuota, ScopedResourceSelectorRequirement } from "../../gen/howbernetes/core/v1/resource_quota.js";
import { qosClassOf } from "../kinds/pod/quality-of-service.js";
import type { Whole } from "../object.js";

/** Whether a quota narrows down which pods it is about. */
export function hasScopes({ spec }: Whole<ResourceQuota>): boolean {
  return spec.scopes.length > 0 || (spec.scopeSelector?.matchExpressions.length ?? 0) > 0;
}

/** Whether a pod is in all of a quota's scopes. */
export function isInScopes(quota: Whole<ResourceQuota>, { spec }: Whole<Pod>): boolean {
  const { scopes, scopeSelector } = quota.spec;
  const named = scopes.map((scopeName) => ({ scopeName, operator: "Exists", values: [] }));
  return [...named, ...(scopeSelector?.matchExpressions ?? [])].every((requirement) => isInScope(requirement, spec));
}

function isInScope(requirement: ScopedResourceSelectorRequirement, spec: PodSpec): boolean {
  const isTerminating = (spec.activeDeadlineSeconds ?? -1) >= 0;
  const isBestEffort = qosClassOf(spec) === "BestEffort";
  switch (requirement.scopeName) {
    case "Terminating":
      return isTerminating;
    case "NotTerminating":
      return !isTerminating;
    case "BestEffort":
      return isBestEffort;
    case "NotBestEffort":
      return !isBestEffort;
    case "PriorityClass":
      return hasPriorityClass(requirement, spec.priorityClassName ?? "");
    case "CrossNamespacePodAffinity":
      return reachesOtherNamespaces(spec);
    default:
      return false;
  }
}

function hasPriorityClass({ operator, values }: ScopedResourceSelectorRequirement, name: string): boolean {
  switch (operator) {
    case "Exists":
      return name !== "";
    case "DoesNotExist":
      return name === "";
    case "In":
      return name !== "" && values.includes(name);
    case "NotIn":
      return !values.includes(name);
    default:
      return false;
  }
}

function reachesOtherNamespaces({ affinity }: PodSpec): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }) => podAffinityTerm ?? []),
  ]);
  return terms.some(({ namespaces, namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined);
}
