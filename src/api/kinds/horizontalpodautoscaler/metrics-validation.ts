import type {
  ContainerResourceMetricSource,
  ExternalMetricSource,
  MetricSpec,
  ObjectMetricSource,
  PodsMetricSource,
  ResourceMetricSource,
} from "../../../gen/howbernetes/autoscaling/v2/metric.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { isPositive, targetOf, validateIdentifier, validateResourceTarget, validateTarget } from "./metric-target.js";
import { validateObjectReference } from "./object-reference.js";

const fieldOfType = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
} as const satisfies Record<string, keyof MetricSpec>;

type SourceField = (typeof fieldOfType)[keyof typeof fieldOfType];

/** In the order in which Kubernetes looks at them; only the first that is there is judged. */
const sourceFields: readonly SourceField[] = ["object", "external", "pods", "resource", "containerResource"];

/** Every error of what a HorizontalPodAutoscaler scales by. */
export function validateMetrics(metrics: readonly MetricSpec[], path: string): FieldError[] {
  return metrics.flatMap((metric, index) => validateMetric(metric, element(path, index)));
}

function validateMetric(metric: MetricSpec, path: string): FieldError[] {
  const { type = "" } = metric;
  const present = sourceFields.filter((field) => metric[field] !== undefined);
  const expected = Object.hasOwn(fieldOfType, type) ? fieldOfType[type as keyof typeof fieldOfType] : undefined;
  const [first] = present;
  const errors = validateType(type, child(path, "type"));
  if (first !== undefined) errors.push(...validateSource(metric, first, child(path, first)));
  if (expected !== undefined && !present.includes(expected)) {
    errors.push(required(child(path, expected), "must populate information for the given metric source"));
  }
  if (present.length > 1 || (first !== undefined && first !== expected)) {
    const others = present.filter((field) => field !== expected);
    errors.push(...others.map((field) => forbiddenField(child(path, field), "must populate the given metric source only")));
  }
  return errors;
}

function validateType(type: string, path: string): FieldError[] {
  if (type === "") return [required(path, "must specify a metric source type")];
  return Object.hasOwn(fieldOfType, type) ? [] : [unsupported(path, type, Object.keys(fieldOfType))];
}

function validateSource(metric: MetricSpec, field: SourceField, path: string): FieldError[] {
  switch (field) {
    case "object":
      return metric.object === undefined ? [] : validateObjectSource(metric.object, path);
    case "external":
      return metric.external === undefined ? [] : validateExternalSource(metric.external, path);
    case "pods":
      return metric.pods === undefined ? [] : validatePodsSource(metric.pods, path);
    case "resource":
      return metric.resource === undefined ? [] : validateResourceSource(metric.resource, path);
    case "containerResource":
      return metric.containerResource === undefined ? [] : validateContainerSource(metric.containerResource, path);
  }
}

function validateObjectSource(source: ObjectMetricSource, path: string): FieldError[] {
  const target = targetOf(source);
  const targetPath = child(path, "target");
  const errors = [
    ...validateObjectReference(source.describedObject, child(path, "describedObject")),
    ...validateIdentifier(source.metric, child(path, "metric")),
    ...validateTarget(target, targetPath),
  ];
  if (target.value === undefined && target.averageValue === undefined) {
    errors.push(required(child(targetPath, "averageValue"), "must set either a target value or averageValue"));
  }
  return errors;
}

function validateExternalSource(source: ExternalMetricSource, path: string): FieldError[] {
  const target = targetOf(source);
  const targetPath = child(path, "target");
  const errors = [...validateIdentifier(source.metric, child(path, "metric")), ...validateTarget(target, targetPath)];
  if (target.value === undefined && target.averageValue === undefined) {
    errors.push(required(child(targetPath, "averageValue"), "must set either a target value for metric or a per-pod target"));
  }
  if (target.value !== undefined && target.averageValue !== undefined) {
    errors.push(forbiddenField(child(targetPath, "value"), "may not set both a target value for metric and a per-pod target"));
  }
  return errors;
}

function validatePodsSource(source: PodsMetricSource, path: string): FieldError[] {
  const target = targetOf(source);
  const targetPath = child(path, "target");
  const errors = [...validateIdentifier(source.metric, child(path, "metric")), ...validateTarget(target, targetPath)];
  if (!isPositive(target.averageValue)) {
    errors.push(required(child(targetPath, "averageValue"), "must specify a positive target averageValue"));
  }
  return errors;
}

function validateResourceSource(source: ResourceMetricSource, path: string): FieldError[] {
  return [
    ...(source.name ? [] : [required(child(path, "name"), "must specify a resource name")]),
    ...validateResourceTarget(targetOf(source), child(path, "target")),
  ];
}

function validateContainerSource(source: ContainerResourceMetricSource, path: string): FieldError[] {
  return [
    ...validateResourceSource(source, path),
    ...(source.container ? [] : [required(child(path, "container"), "must specify a container")]),
  ];
}
