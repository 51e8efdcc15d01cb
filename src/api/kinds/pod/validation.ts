import type { Pod, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateLabels } from "../../validation/labels.js";
import { dnsLabelProblems, dnsSubdomainProblems } from "../../validation/names.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateContainers } from "./container-validation.js";
import { refuseUnhonoured } from "./honoured-fields.js";
import { validateTolerations } from "./toleration-validation.js";

const restartPolicies: readonly string[] = ["Always", "Never", "OnFailure"];
const dnsPolicies: readonly string[] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];

/** Every error of a pod. */
export function validatePod({ spec }: Whole<Pod>): FieldError[] {
  return validatePodSpec(spec, "spec");
}

/** Every error of a pod's spec, which has its defaults; what howbelet does not honour yet is one. */
export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const at = (field: keyof PodSpec): string => child(path, field);
  const names = new Set<string>();
  return [
    ...(spec.containers.length === 0 ? [required(at("containers"))] : []),
    ...validateContainers(spec.initContainers, at("initContainers"), names),
    ...validateContainers(spec.containers, at("containers"), names),
    ...validateChoice(spec.restartPolicy, restartPolicies, at("restartPolicy")),
    ...validateChoice(spec.dnsPolicy, dnsPolicies, at("dnsPolicy")),
    ...validateNonNegative(spec.terminationGracePeriodSeconds, at("terminationGracePeriodSeconds")),
    ...validateName(spec.nodeName, dnsSubdomainProblems, at("nodeName")),
    ...validateName(spec.hostname, dnsLabelProblems, at("hostname")),
    ...validateLabels(spec.nodeSelector, at("nodeSelector")),
    ...validateTolerations(spec.tolerations, at("tolerations")),
    ...refuseUnhonoured(spec, path),
  ];
}

function validateChoice(value: string | undefined, supported: readonly string[], path: string): FieldError[] {
  if (!value) return [required(path)];
  return supported.includes(value) ? [] : [unsupported(path, value, supported)];
}

function validateName(name: string | undefined, problems: (name: string) => string[], path: string): FieldError[] {
  return name ? problems(name).map((problem) => invalidValue(path, name, problem)) : [];
}
