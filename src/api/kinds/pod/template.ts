import { PodSpec, PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { LabelSelector } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { compileLabelSelector } from "../../selectors/label-selector.js";
import { forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateAnnotations, validateLabelSelector, validateLabels } from "../../validation/labels.js";
import { applyPodSpecDefaults } from "./defaults.js";
import { validatePodSpec } from "./validation.js";

/** A spec that makes pods from a template and finds them by a selector. */
interface PodMaker {
  selector: LabelSelector | undefined;
  template: PodTemplateSpec | undefined;
}

/** Fills in the defaults of the template. */
export function applyTemplateDefaults(spec: PodMaker): void {
  spec.template ??= PodTemplateSpec.fromPartial({});
  spec.template.spec ??= PodSpec.fromPartial({});
  applyPodSpecDefaults(spec.template.spec);
}

/**
 * Every error of the selector and the template of what keeps pods running: the selector must select what the template
 * makes, else pods would be made without end. `kind` is the maker's, as "Deployment".
 */
export function validatePodMaker(spec: PodMaker, kind: string): FieldError[] {
  const template = spec.template ?? PodTemplateSpec.fromPartial({});
  const selectorErrors = validateSelector(spec.selector, kind);
  return [
    ...selectorErrors,
    // Against a selector that means nothing, no labels are right.
    ...(selectorErrors.length === 0 || spec.selector === undefined ? validateSelected(spec.selector, template) : []),
    ...validateTemplate(template, kind),
  ];
}

function validateSelector(selector: LabelSelector | undefined, kind: string): FieldError[] {
  const path = "spec.selector";
  if (selector === undefined) return [required(path)];
  // Unlike Kubernetes, which says "deployment" of a ReplicaSet too.
  const isEmpty = Object.keys(selector.matchLabels).length === 0 && selector.matchExpressions.length === 0;
  if (isEmpty) return [invalidValue(path, selector, `empty selector is invalid for ${kind.toLowerCase()}`)];
  return validateLabelSelector(selector, path);
}

function validateSelected(selector: LabelSelector | undefined, { metadata }: PodTemplateSpec): FieldError[] {
  const labels = metadata?.labels ?? {};
  if (compileLabelSelector(selector).matches(labels)) return [];
  return [invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")];
}

function validateTemplate({ metadata, spec = PodSpec.fromPartial({}) }: PodTemplateSpec, kind: string): FieldError[] {
  const path = "spec.template";
  const specPath = child(path, "spec");
  const metadataPath = child(path, "metadata");
  const errors = [
    ...validateLabels(metadata?.labels ?? {}, child(metadataPath, "labels")),
    ...validateAnnotations(metadata?.annotations ?? {}, child(metadataPath, "annotations")),
    ...validatePodSpec(spec, specPath),
  ];
  const { restartPolicy, activeDeadlineSeconds } = spec;
  if (restartPolicy === "OnFailure" || restartPolicy === "Never") {
    errors.push(unsupported(child(specPath, "restartPolicy"), restartPolicy, ["Always"]));
  }
  if (activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField(child(specPath, "activeDeadlineSeconds"), `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}
