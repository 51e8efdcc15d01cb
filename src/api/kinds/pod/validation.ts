import type { Pod, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { duplicate, forbiddenField, invalidValue, required, tooLong, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateLabels } from "../../validation/labels.js";
import { dnsLabelProblems, dnsSubdomainProblems, qualifiedNameProblems } from "../../validation/names.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateAffinity } from "./affinity-validation.js";
import { validateContainers } from "./container-validation.js";
import { validateDnsConfig, validateHostAliases } from "./dns-validation.js";
import { refuseUnhonoured } from "./honoured-fields.js";
import { validateAmounts, validateResources } from "./resources-validation.js";
import { validatePodSecurity } from "./security-validation.js";
import { validateTolerations } from "./toleration-validation.js";
import { validateTopologySpread } from "./topology-spread-validation.js";
import { validateVolumes } from "./volume-validation.js";

const restartPolicies: readonly string[] = ["Always", "Never", "OnFailure"];
const dnsPolicies: readonly string[] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
const preemptionPolicies: readonly string[] = ["Never", "PreemptLowerPriority"];
const maxHostnameLength = 64;
const systems: readonly string[] = ["linux", "windows"];
const maxDeadlineSeconds = 2 ** 31 - 1;

/** Names of other objects: of DNS subdomains, and of DNS labels. */
const subdomains = ["nodeName", "serviceAccountName", "priorityClassName", "runtimeClassName"] as const;
const labels = ["hostname", "subdomain"] as const;

/** What is the host's, and so not of a user namespace of the pod's own. */
const hostNamespaces = ["hostNetwork", "hostPID", "hostIPC"] as const;

/** Every error of a pod. */
export function validatePod({ spec }: Whole<Pod>): FieldError[] {
  return validatePodSpec(spec, "spec");
}

/**
 * Every error of a pod's spec, which has its defaults; what howbelet does not honour yet is one. Such a field is
 * named once, even if what it holds is wrong as well; only a key of a map is rather told that there is none such.
 */
export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const errors = validatePodFields(spec, path);
  const wrongKeys = new Set(errors.flatMap((error) => (isEntry(error.path) ? [error.path] : [])));
  const refusals = refuseUnhonoured(spec, path).filter((refusal) => !wrongKeys.has(refusal.path));
  const refused = new Set(refusals.map((refusal) => refusal.path));
  return [...errors.filter((error) => !refused.has(error.path)), ...refusals];
}

function isEntry(path: string): boolean {
  return path.endsWith("]");
}

/** Every error of a pod's spec by Kubernetes' rules, whether its fields are honoured here or not. */
export function validatePodFields(spec: PodSpec, path: string): FieldError[] {
  const at = (field: keyof PodSpec): string => child(path, field);
  const { affinity, securityContext, resources, overhead } = spec;
  return [
    ...validateVolumes(spec.volumes, at("volumes")),
    ...validateContainers(spec, path),
    ...validateChoice(spec.restartPolicy, restartPolicies, at("restartPolicy")),
    ...validateChoice(spec.dnsPolicy, dnsPolicies, at("dnsPolicy")),
    ...validateTimes(spec, path),
    ...validateLabels(spec.nodeSelector, at("nodeSelector")),
    ...(securityContext === undefined ? [] : validatePodSecurity(securityContext, spec, at("securityContext"))),
    ...(affinity === undefined ? [] : validateAffinity(affinity, at("affinity"))),
    ...validateDnsConfig(spec, at("dnsConfig")),
    ...validateGates(spec, path),
    ...validateTopologySpread(spec.topologySpreadConstraints, at("topologySpreadConstraints")),
    ...validateNamespaces(spec, path),
    ...subdomains.flatMap((field) => validateName(spec[field], dnsSubdomainProblems, at(field))),
    ...labels.flatMap((field) => validateName(spec[field], dnsLabelProblems, at(field))),
    ...validateHostnameOverride(spec, path),
    ...validateTolerations(spec.tolerations, at("tolerations")),
    ...validateHostAliases(spec.hostAliases, at("hostAliases")),
    ...(spec.preemptionPolicy === undefined ? [] : validateChoice(spec.preemptionPolicy, preemptionPolicies, at("preemptionPolicy"))),
    ...validateAmounts(overhead, at("overhead")),
    ...(resources === undefined ? [] : validateResources(resources, at("resources"))),
    ...(spec.os === undefined ? [] : validateChoice(spec.os.name, systems, child(at("os"), "name"))),
  ];
}

function validateTimes({ terminationGracePeriodSeconds, activeDeadlineSeconds: deadline }: PodSpec, path: string): FieldError[] {
  const errors = validateNonNegative(terminationGracePeriodSeconds, child(path, "terminationGracePeriodSeconds"));
  if (deadline === undefined || (deadline >= 1 && deadline <= maxDeadlineSeconds)) return errors;
  const detail = `must be between 1 and ${maxDeadlineSeconds}, inclusive`;
  return [...errors, invalidValue(child(path, "activeDeadlineSeconds"), deadline, detail)];
}

function validateGates({ readinessGates, schedulingGates, nodeName }: PodSpec, path: string): FieldError[] {
  const readinessPath = child(path, "readinessGates");
  const schedulingPath = child(path, "schedulingGates");
  const names = schedulingGates.map(({ name = "" }) => name);
  const errors = readinessGates.flatMap(({ conditionType = "" }, index) =>
    qualifiedNameProblems(conditionType).map((problem) =>
      invalidValue(child(element(readinessPath, index), "conditionType"), conditionType, problem),
    ),
  );
  for (const [index, name] of names.entries()) {
    const at = element(schedulingPath, index);
    errors.push(...qualifiedNameProblems(name).map((problem) => invalidValue(at, name, problem)));
    if (names.indexOf(name) < index) errors.push(duplicate(at, name));
  }
  if (nodeName && names.length > 0) {
    errors.push(forbiddenField(child(path, "nodeName"), "cannot be set until all schedulingGates have been cleared"));
  }
  return errors;
}

function validateNamespaces(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = "ShareProcessNamespace and HostPID cannot both be enabled";
    errors.push(invalidValue(child(path, "shareProcessNamespace"), true, detail));
  }
  if (spec.hostUsers !== false) return errors;
  const shared = hostNamespaces.filter((field) => spec[field] === true);
  return [...errors, ...shared.map((field) => forbiddenField(child(path, field), "when `hostUsers` is false"))];
}

/** What only the pod itself sees; it cannot see the machine's and another, nor a full name and another. */
function validateHostnameOverride({ hostnameOverride: name, hostNetwork, setHostnameAsFQDN }: PodSpec, path: string): FieldError[] {
  if (!name) return [];
  const at = child(path, "hostnameOverride");
  const errors = validateName(name, dnsSubdomainProblems, at);
  if (name.length > maxHostnameLength) errors.push(tooLong(at, maxHostnameLength));
  if (hostNetwork === true) errors.push(forbiddenField(child(path, "hostNetwork"), "may not be set together with `hostnameOverride`"));
  if (setHostnameAsFQDN === true) {
    errors.push(forbiddenField(child(path, "setHostnameAsFQDN"), "may not be set together with `hostnameOverride`"));
  }
  return errors;
}

function validateChoice(value: string | undefined, supported: readonly string[], path: string): FieldError[] {
  if (!value) return [required(path)];
  return supported.includes(value) ? [] : [unsupported(path, value, supported)];
}

function validateName(name: string | undefined, problems: (name: string) => string[], path: string): FieldError[] {
  return name ? problems(name).map((problem) => invalidValue(path, name, problem)) : [];
}
