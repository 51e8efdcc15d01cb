import type { LabelSelector } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue } from "../../validation/field-error.js";
import { element } from "../../validation/field-path.js";
import { validateLabelKey } from "../../validation/labels.js";

/** Every error of keys whose values, as the pod has them, go into a selector. */
export function validateLabelKeys(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbiddenField(path, "must not be specified when labelSelector is not set")];
  return keys.flatMap((key, index) => validateLabelKey(key, element(path, index)));
}

/**
 * Refuses keys that the selector speaks of besides. In a new pod, each key that it has a label of stands in the selector's
 * expressions once already (`selectByOwnLabels`): an error is what comes second.
 * Unlike Kubernetes: the error's path is the key's, not one of the message around it.
 */
export function validateNotSelected(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}));
  return (selector?.matchExpressions ?? []).flatMap(({ key = "" }) => {
    const isTwice = selected.has(key) && keys.includes(key);
    selected.add(key);
    return isTwice ? [invalidValue(element(path, keys.lastIndexOf(key)), key, "exists in both matchLabelKeys and labelSelector")] : [];
  });
}
