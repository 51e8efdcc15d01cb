import type { Toleration } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateLabelKey } from "../../validation/labels.js";
import { labelValueProblems } from "../../validation/names.js";

/** What a taint, and so a toleration, may do to pods. */
export const taintEffects: readonly string[] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Every error of a pod's tolerations. */
export function validateTolerations(tolerations: readonly Toleration[], path: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => validateToleration(toleration, element(path, index)));
}

function validateToleration(toleration: Toleration, path: string): FieldError[] {
  const { key = "", operator = "", effect = "", tolerationSeconds } = toleration;
  const errors: FieldError[] = key === "" ? [] : validateLabelKey(key, child(path, "key"));
  if (key === "" && operator !== "Exists") {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalidValue(child(path, "operator"), operator, detail));
  }
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    errors.push(invalidValue(child(path, "effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  if (effect !== "" && !taintEffects.includes(effect)) errors.push(unsupported(child(path, "effect"), effect, taintEffects));
  return [...errors, ...validateOperator(toleration, path)];
}

/** As in Kubernetes, a value that does not go with the operator is the operator's error. */
function validateOperator({ operator = "", value = "" }: Toleration, path: string): FieldError[] {
  const at = child(path, "operator");
  switch (operator) {
    case "":
    case "Equal":
      return labelValueProblems(value).map((problem) => invalidValue(at, value, problem));
    case "Exists":
      return value === "" ? [] : [invalidValue(at, value, "value must be empty when `operator` is 'Exists'")];
    default:
      return [unsupported(at, operator, ["Equal", "Exists"])];
  }
}
