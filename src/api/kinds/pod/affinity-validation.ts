import { type Affinity, type PodAffinity, PodAffinityTerm, type PodAntiAffinity } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateLabelKey, validateLabelSelector } from "../../validation/labels.js";
import { dnsLabelProblems } from "../../validation/names.js";
import { validateLabelKeys, validateNotSelected } from "./label-keys-validation.js";
import { validateNodeAffinity, validateWeight } from "./node-affinity-validation.js";

/** Every error of which nodes, and which pods' company, a pod seeks or avoids. */
export function validateAffinity({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity, path: string): FieldError[] {
  return [
    ...(nodeAffinity === undefined ? [] : validateNodeAffinity(nodeAffinity, child(path, "nodeAffinity"))),
    ...(podAffinity === undefined ? [] : validatePodAffinity(podAffinity, child(path, "podAffinity"))),
    ...(podAntiAffinity === undefined ? [] : validatePodAffinity(podAntiAffinity, child(path, "podAntiAffinity"))),
  ];
}

function validatePodAffinity(affinity: PodAffinity | PodAntiAffinity, path: string): FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: needed, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity;
  const neededPath = child(path, "requiredDuringSchedulingIgnoredDuringExecution");
  const preferredPath = child(path, "preferredDuringSchedulingIgnoredDuringExecution");
  return [
    ...needed.flatMap((term, index) => validateTerm(term, element(neededPath, index))),
    ...preferred.flatMap(({ weight = 0, podAffinityTerm = PodAffinityTerm.fromPartial({}) }, index) => {
      const at = element(preferredPath, index);
      return [...validateWeight(weight, child(at, "weight")), ...validateTerm(podAffinityTerm, child(at, "podAffinityTerm"))];
    }),
  ];
}

function validateTerm(term: PodAffinityTerm, path: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces, topologyKey = "", matchLabelKeys, mismatchLabelKeys } = term;
  const topologyPath = child(path, "topologyKey");
  return [
    ...(labelSelector === undefined ? [] : validateLabelSelector(labelSelector, child(path, "labelSelector"))),
    ...(namespaceSelector === undefined ? [] : validateLabelSelector(namespaceSelector, child(path, "namespaceSelector"))),
    ...namespaces.flatMap((name) => dnsLabelProblems(name).map((problem) => invalidValue(child(path, "namespace"), name, problem))),
    ...validateLabelKeys(matchLabelKeys, labelSelector, child(path, "matchLabelKeys")),
    ...validateLabelKeys(mismatchLabelKeys, labelSelector, child(path, "mismatchLabelKeys")),
    ...validateNotSelected(matchLabelKeys, labelSelector, child(path, "matchLabelKeys")),
    ...matchLabelKeys.flatMap((key, index) =>
      mismatchLabelKeys.includes(key)
        ? [invalidValue(element(child(path, "matchLabelKeys"), index), key, "exists in both matchLabelKeys and mismatchLabelKeys")]
        : [],
    ),
    ...(topologyKey === "" ? [required(topologyPath, "can not be empty")] : validateLabelKey(topologyKey, topologyPath)),
  ];
}
