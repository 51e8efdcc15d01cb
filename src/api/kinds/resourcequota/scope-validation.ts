import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from "../../../gen/howbernetes/core/v1/resource_quota.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { isStandardQuotaResource } from "../../validation/resource-names.js";

const podCount: readonly string[] = ["pods"];
const podResources: readonly string[] = [...podCount, "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];

/** What a quota may limit in each scope, of the resources without a prefix. */
const resourcesOfScope: ReadonlyMap<string, readonly string[]> = new Map([
  ["Terminating", podResources],
  ["NotTerminating", podResources],
  ["BestEffort", podCount],
  ["NotBestEffort", podResources],
  ["PriorityClass", podResources],
  ["CrossNamespacePodAffinity", podResources],
  ["VolumeAttributesClass", ["persistentvolumeclaims", "requests.storage"]],
]);

/** Scopes that are there or not, without values to choose among. */
const valuelessScopes: readonly string[] = ["BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity"];

const opposites: readonly (readonly [string, string])[] = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
];

const scopesPath = "spec.scopes";
const expressionsPath = "spec.scopeSelector.matchExpressions";

/** Every error of the scopes that a quota is restricted to, in either of the two forms that they are written in. */
export function validateScopes(spec: ResourceQuotaSpec): FieldError[] {
  return [
    ...spec.scopes.flatMap((scope) => [
      ...(resourcesOfScope.has(scope) ? [] : [invalidValue(scopesPath, spec.scopes, "unsupported scope")]),
      ...misfits(scope, spec).map((detail) => invalidValue(scopesPath, spec.scopes, detail)),
    ]),
    ...conflicts(spec.scopes).map((detail) => invalidValue(scopesPath, spec.scopes, detail)),
    ...validateScopeSelector(spec),
  ];
}

/** The paths are Kubernetes', which leave out the place in the list. */
function validateScopeSelector(spec: ResourceQuotaSpec): FieldError[] {
  const expressions = spec.scopeSelector?.matchExpressions ?? [];
  const names = expressions.map(({ scopeName = "" }) => scopeName);
  return [
    ...expressions.flatMap((expression) => validateExpression(expression, spec)),
    ...conflicts(names).map((detail) => invalidValue(expressionsPath, spec.scopes, detail)),
  ];
}

function validateExpression(expression: ScopedResourceSelectorRequirement, spec: ResourceQuotaSpec): FieldError[] {
  const { scopeName = "", operator = "" } = expression;
  const errors = misfits(scopeName, spec).map((detail) => invalidValue(expressionsPath, spec.scopeSelector, detail));
  if (!resourcesOfScope.has(scopeName)) errors.unshift(invalidValue(`${expressionsPath}.scopeName`, scopeName, "unsupported scope"));
  if (valuelessScopes.includes(scopeName) && operator !== "Exists") {
    const scopes = ["Terminating", "NotTerminating", "BestEffort"].map((name) => `ResourceQuotaScope${name}`).join(", ");
    const detail = `must be 'Exists' when scope is any of ${scopes}, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`;
    errors.push(invalidValue(`${expressionsPath}.operator`, operator, detail));
  }
  return [...errors, ...validateValues(expression)];
}

function validateValues({ operator = "", values }: ScopedResourceSelectorRequirement): FieldError[] {
  const path = `${expressionsPath}.values`;
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0 ? [] : [required(path, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")];
    case "Exists":
    case "DoesNotExist":
      return values.length === 0
        ? []
        : [invalidValue(path, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")];
    default:
      return [invalidValue(`${expressionsPath}.operator`, operator, "not a valid selector operator")];
  }
}

/** One for each resource that nothing in the scope could ever use. */
function misfits(scope: string, { hard }: ResourceQuotaSpec): string[] {
  const fitting = resourcesOfScope.get(scope);
  if (fitting === undefined) return [];
  const wrong = Object.keys(hard).filter((name) => isStandardQuotaResource(name) && !fitting.includes(name));
  return wrong.map(() => "unsupported scope applied to resource");
}

function conflicts(scopes: readonly string[]): string[] {
  return opposites.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() => "conflicting scopes");
}
