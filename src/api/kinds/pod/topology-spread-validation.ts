import type { TopologySpreadConstraint } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateLabelKey, validateLabelSelector } from "../../validation/labels.js";
import { validateLabelKeys, validateNotSelected } from "./label-keys-validation.js";

const actions: readonly string[] = ["DoNotSchedule", "ScheduleAnyway"];
const inclusions: readonly string[] = ["Honor", "Ignore"];

/** Every error of how a pod's likes are to be spread. */
export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[], path: string): FieldError[] {
  const seen = new Set<string>();
  return constraints.flatMap((constraint, index) => {
    const { topologyKey = "", whenUnsatisfiable = "", labelSelector } = constraint;
    const at = element(path, index);
    const both = `{${topologyKey}, ${whenUnsatisfiable}}`;
    const errors = validateConstraint(constraint, at);
    if (seen.has(both)) errors.push(duplicate(child(at, "{topologyKey, whenUnsatisfiable}"), both));
    seen.add(both);
    if (labelSelector !== undefined) errors.push(...validateLabelSelector(labelSelector, child(at, "labelSelector")));
    return errors;
  });
}

function validateConstraint(constraint: TopologySpreadConstraint, path: string): FieldError[] {
  const { maxSkew = 0, topologyKey = "", whenUnsatisfiable = "", matchLabelKeys, labelSelector } = constraint;
  const keyPath = child(path, "topologyKey");
  return [
    ...(maxSkew > 0 ? [] : [invalidValue(child(path, "maxSkew"), maxSkew, "must be greater than zero")]),
    ...(topologyKey === "" ? [required(keyPath, "can not be empty")] : validateLabelKey(topologyKey, keyPath)),
    ...(actions.includes(whenUnsatisfiable) ? [] : [unsupported(child(path, "whenUnsatisfiable"), whenUnsatisfiable, actions)]),
    ...validateMinDomains(constraint, child(path, "minDomains")),
    ...(["nodeAffinityPolicy", "nodeTaintsPolicy"] as const).flatMap((field) => {
      const policy = constraint[field];
      return policy === undefined || inclusions.includes(policy) ? [] : [unsupported(child(path, field), policy, inclusions)];
    }),
    ...validateLabelKeys(matchLabelKeys, labelSelector, child(path, "matchLabelKeys")),
    ...validateNotSelected(matchLabelKeys, labelSelector, child(path, "matchLabelKeys")),
  ];
}

function validateMinDomains({ minDomains, whenUnsatisfiable = "" }: TopologySpreadConstraint, path: string): FieldError[] {
  if (minDomains === undefined) return [];
  const errors = minDomains > 0 ? [] : [invalidValue(path, minDomains, "must be greater than zero")];
  if (whenUnsatisfiable !== "DoNotSchedule") {
    const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(invalidValue(path, minDomains, detail));
  }
  return errors;
}
