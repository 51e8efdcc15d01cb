import type {
  RollingUpdateStatefulSetStrategy,
  StatefulSet,
  StatefulSetPersistentVolumeClaimRetentionPolicy,
  StatefulSetUpdateStrategy,
} from "../../../gen/howbernetes/apps/v1/statefulset.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, notHonoured, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { dnsLabelProblems } from "../../validation/names.js";
import { isZeroCount, validateAtMostAll, validateCountOrPercent, validateNonNegative } from "../../validation/numbers.js";
import { intOrStringValue } from "../../values/int-or-string.js";
import { validatePodMaker } from "../pod/template.js";

const managementPolicies: readonly string[] = ["OrderedReady", "Parallel"];
const retentionPolicies: readonly string[] = ["Retain", "Delete"];

/** Every error of a StatefulSet's spec. */
export function validateStatefulSet({ spec }: Whole<StatefulSet>): FieldError[] {
  return [
    ...validateManagementPolicy(spec.podManagementPolicy ?? "", "spec.podManagementPolicy"),
    ...validateStrategy(spec.updateStrategy ?? { type: undefined, rollingUpdate: undefined }, "spec.updateStrategy"),
    ...validateRetention(spec.persistentVolumeClaimRetentionPolicy, "spec.persistentVolumeClaimRetentionPolicy"),
    ...validateNonNegative(spec.replicas, "spec.replicas"),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateNonNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
    ...validateNonNegative(spec.ordinals?.start, "spec.ordinals.start"),
    ...validateServiceName(spec.serviceName ?? "", "spec.serviceName"),
    ...(spec.volumeClaimTemplates.length === 0 ? [] : [notHonoured("spec.volumeClaimTemplates")]),
    ...validatePodMaker(spec, "StatefulSet"),
  ];
}

function validateManagementPolicy(policy: string, path: string): FieldError[] {
  if (policy === "") return [required(path)];
  return managementPolicies.includes(policy) ? [] : [invalidValue(path, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateStrategy(strategy: StatefulSetUpdateStrategy, path: string): FieldError[] {
  const { type = "", rollingUpdate } = strategy;
  const rollingPath = child(path, "rollingUpdate");
  switch (type) {
    case "":
      return [required(path)];
    case "OnDelete":
      return rollingUpdate === undefined
        ? []
        : [invalidValue(rollingPath, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")];
    case "RollingUpdate":
      return rollingUpdate === undefined ? [] : validateRollingUpdate(rollingUpdate, rollingPath);
    default:
      return [invalidValue(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  }
}

function validateRollingUpdate({ partition, maxUnavailable }: RollingUpdateStatefulSetStrategy, path: string): FieldError[] {
  const errors = validateNonNegative(partition, child(path, "partition"));
  if (maxUnavailable === undefined) return errors;
  const unavailablePath = child(path, "maxUnavailable");
  errors.push(...validateCountOrPercent(maxUnavailable, unavailablePath));
  if (isZeroCount(maxUnavailable)) errors.push(invalidValue(unavailablePath, intOrStringValue(maxUnavailable), "cannot be 0"));
  return [...errors, ...validateAtMostAll(maxUnavailable, unavailablePath)];
}

function validateRetention(policy: StatefulSetPersistentVolumeClaimRetentionPolicy | undefined, path: string): FieldError[] {
  if (policy === undefined) return [];
  return (["whenDeleted", "whenScaled"] as const).flatMap((field) => {
    const value = policy[field] ?? "";
    return retentionPolicies.includes(value) ? [] : [unsupported(child(path, field), value, retentionPolicies)];
  });
}

/** The service need not exist; its name becomes a part of those of the pods' hosts. */
function validateServiceName(name: string, path: string): FieldError[] {
  return name === "" ? [] : dnsLabelProblems(name).map((problem) => invalidValue(path, name, problem));
}
