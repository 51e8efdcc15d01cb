import type { Job } from "../../../gen/howbernetes/batch/v1/job.js";
import { PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { ObjectMeta } from "../../../gen/howbernetes/meta/v1/meta.js";
import { LabelSelector } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { compileLabelSelector } from "../../selectors/label-selector.js";
import { invalidValue, required } from "../../validation/field-error.js";
import { entry } from "../../validation/field-path.js";
import { validateLabelSelector } from "../../validation/labels.js";
import { validateSelected } from "../pod/template.js";
import { jobLabels } from "./labels.js";

/**
 * Labels the template with the Job's uid and name, and selects by the uid, so that no two Jobs ever share a pod. What
 * the author wrote in these places stays, to be refused by the validation if it is wrong.
 */
export function generateSelector({ metadata, spec }: Whole<Job>): void {
  if (spec.manualSelector === true) return;
  spec.template ??= PodTemplateSpec.fromPartial({});
  spec.template.metadata ??= ObjectMeta.fromPartial({});
  spec.template.metadata.labels = { ...generatedLabels(metadata), ...spec.template.metadata.labels };
  spec.selector ??= LabelSelector.fromPartial({});
  spec.selector.matchLabels[jobLabels.controllerUid] ??= metadata.uid;
}

function generatedLabels({ uid, name }: { uid: string; name: string }): Record<string, string> {
  return {
    [jobLabels.controllerUid]: uid,
    [jobLabels.jobName]: name,
    [jobLabels.legacyControllerUid]: uid,
    [jobLabels.legacyJobName]: name,
  };
}

/** Every error of a Job's selector, and of the labels that it is to select by. */
export function validateJobSelector(job: Whole<Job>): FieldError[] {
  const { selector, template = PodTemplateSpec.fromPartial({}) } = job.spec;
  const path = "spec.selector";
  if (selector === undefined) return [required(path)];
  const selectorErrors = validateLabelSelector(selector, path);
  return [
    ...(job.spec.manualSelector === true ? [] : validateGenerated(job, selector, template)),
    ...selectorErrors,
    ...(selectorErrors.length === 0 ? validateSelected(selector, template, "spec.template") : []),
  ];
}

function validateGenerated({ metadata }: Whole<Job>, selector: LabelSelector, template: PodTemplateSpec): FieldError[] {
  const path = "spec.template.metadata.labels";
  const labels = template.metadata?.labels ?? {};
  const expected = generatedLabels(metadata);
  const errors = Object.entries(expected).flatMap(([key, value]) => {
    if (labels[key] === value) return [];
    const detail = `must be '${value}'`;
    return [labels[key] === undefined ? required(entry(path, key), detail) : invalidValue(entry(path, key), labels, detail)];
  });
  if (!compileLabelSelector(selector).matches(expected)) {
    errors.push(invalidValue("spec.selector", selector, "`selector` not auto-generated"));
  }
  return errors;
}
