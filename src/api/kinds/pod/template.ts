import { PodSpec, PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { LabelSelector } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { compileLabelSelector } from "../../selectors/label-selector.js";
import { forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateAnnotations, validateLabelSelector, validateLabels } from "../../validation/labels.js";
import { applyPodSpecDefaults } from "./defaults.js";
import { validatePodSpec } from "./validation.js";

/** A spec that makes pods from a template. */
interface TemplateHolder {
  template: PodTemplateSpec | undefined;
}

/** A spec that makes pods from a template and finds them by a selector. */
interface PodMaker extends TemplateHolder {
  selector: LabelSelector | undefined;
}

/** Fills in the defaults of the template. */
export function applyTemplateDefaults(spec: TemplateHolder): void {
  spec.template ??= PodTemplateSpec.fromPartial({});
  spec.template.spec ??= PodSpec.fromPartial({});
  applyPodSpecDefaults(spec.template.spec);
}

/**
 * Every error of the selector and the template of what keeps pods running: the selector must select what the template
 * makes, else pods would be made without end. `kind` is the maker's, as "Deployment".
 */
export function validatePodMaker(spec: PodMaker, kind: string): FieldError[] {
  const path = "spec.template";
  const template = spec.template ?? PodTemplateSpec.fromPartial({});
  const selectorErrors = validateSelector(spec.selector, kind);
  return [
    ...selectorErrors,
    // Against a selector that means nothing, no labels are right.
    ...(selectorErrors.length === 0 || spec.selector === undefined ? validateSelected(spec.selector, template, path) : []),
    ...validateTemplate(template, path),
    ...validateKeepsRunning(template.spec, kind, child(path, "spec")),
  ];
}

/** Refuses a template whose labels `selector` does not select. */
export function validateSelected(selector: LabelSelector | undefined, { metadata }: PodTemplateSpec, path: string): FieldError[] {
  const labels = metadata?.labels ?? {};
  if (compileLabelSelector(selector).matches(labels)) return [];
  return [invalidValue(child(path, "metadata.labels"), labels, "`selector` does not match template `labels`")];
}

/** Every error of a template, whoever makes pods from it. */
export function validateTemplate({ metadata, spec = PodSpec.fromPartial({}) }: PodTemplateSpec, path: string): FieldError[] {
  const metadataPath = child(path, "metadata");
  return [
    ...validateLabels(metadata?.labels ?? {}, child(metadataPath, "labels")),
    ...validateAnnotations(metadata?.annotations ?? {}, child(metadataPath, "annotations")),
    ...validatePodSpec(spec, child(path, "spec")),
    ...(spec.ephemeralContainers.length === 0
      ? []
      : [forbiddenField(child(path, "spec.ephemeralContainers"), "ephemeral containers not allowed in pod template")]),
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

function validateKeepsRunning(spec: PodSpec | undefined, kind: string, path: string): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = spec ?? PodSpec.fromPartial({});
  const errors: FieldError[] = [];
  if (restartPolicy === "OnFailure" || restartPolicy === "Never") {
    errors.push(unsupported(child(path, "restartPolicy"), restartPolicy, ["Always"]));
  }
  if (activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField(child(path, "activeDeadlineSeconds"), `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}
