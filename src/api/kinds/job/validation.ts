import type { Job, JobSpec } from "../../../gen/howbernetes/batch/v1/job.js";
import { PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, notHonoured, required, tooLong, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { dnsLabelProblems, domainPrefixedPathProblems } from "../../validation/names.js";
import { validateNonNegative } from "../../validation/numbers.js";
import { validateTemplate } from "../pod/template.js";
import { validateCompletionMode } from "./indexed-validation.js";
import { validatePodFailurePolicy } from "./pod-failure-policy.js";
import { validateJobSelector } from "./selector.js";
import { validateSuccessPolicy } from "./success-policy.js";

const counts = [
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
] as const;
const replacementPolicies: readonly string[] = ["Failed", "TerminatingOrFailed"];
const managedByMaxBytes = 63;

/** Every error of a Job. */
export function validateJob(job: Whole<Job>): FieldError[] {
  return [...validateJobSelector(job), ...validateJobSpec(job.spec, "spec"), ...validateHostnames(job)];
}

/** Every error of a Job's spec but its selector's: also of one that is the template of a CronJob. */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const at = (field: keyof JobSpec): string => child(path, field);
  return [
    ...counts.flatMap((field) => validateNonNegative(spec[field], at(field))),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [required(at("backoffLimitPerIndex"), "when maxFailedIndexes is specified")]
      : []),
    ...validateManagedBy(spec.managedBy, at("managedBy")),
    ...validateCompletionMode(spec, path),
    ...validatePodFailurePolicy(spec, at("podFailurePolicy")),
    ...validateReplacement(spec, at("podReplacementPolicy")),
    ...validateSuccessPolicy(spec, at("successPolicy")),
    ...(spec.scheduling === undefined ? [] : [notHonoured(at("scheduling"))]),
    ...validateTemplate(spec.template ?? PodTemplateSpec.fromPartial({}), at("template")),
    ...validateRestartPolicy(spec, child(at("template"), "spec.restartPolicy")),
  ];
}

function validateManagedBy(managedBy: string | undefined, path: string): FieldError[] {
  if (managedBy === undefined) return [];
  if (managedBy === "") return [required(path)];
  const errors = domainPrefixedPathProblems(managedBy).map((problem) => invalidValue(path, managedBy, problem));
  return Buffer.byteLength(managedBy) > managedByMaxBytes ? [...errors, tooLong(path, managedByMaxBytes)] : errors;
}

/** With a failure policy, a pod that is still ending cannot be judged yet, so that it cannot be replaced either. */
function validateReplacement({ podReplacementPolicy, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  if (podReplacementPolicy === undefined) return [];
  const supported = podFailurePolicy === undefined ? replacementPolicies : ["Failed"];
  return supported.includes(podReplacementPolicy) ? [] : [unsupported(path, podReplacementPolicy, supported)];
}

/** A policy that pods do not have at all is their own validation's error. */
function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? "";
  if (policy === "Always" || policy === "") return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== "OnFailure" || podFailurePolicy === undefined) return [];
  return [invalidValue(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** Pods of an Indexed Job have its name and their index as their host's name. */
function validateHostnames({ metadata: { name }, spec }: Whole<Job>): FieldError[] {
  const { completionMode, completions = 0 } = spec;
  if (completionMode !== "Indexed" || completions <= 0) return [];
  const longest = `${name}-${completions - 1}`;
  if (dnsLabelProblems(longest).length === 0) return [];
  return [invalidValue("metadata.name", name, `will not able to create pod with invalid DNS label: ${longest}`)];
}
