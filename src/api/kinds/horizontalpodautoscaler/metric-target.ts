import { MetricIdentifier, MetricTarget } from "../../../gen/howbernetes/autoscaling/v2/metric.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue, required } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateLabelSelector } from "../../validation/labels.js";
import { quantityMessage } from "../../validation/quantities.js";
import { isQuantity, parseQuantity } from "../../values/quantity.js";
import { validatePathSegment } from "./object-reference.js";

const targetTypes: readonly string[] = ["Utilization", "Value", "AverageValue"];

/** A target as it stands, empty when there is none. */
export function targetOf(source: { readonly target: MetricTarget | undefined }): MetricTarget {
  return source.target ?? MetricTarget.fromPartial({});
}

/** Every error of what a metric is to be kept at. */
export function validateTarget({ type = "", value, averageValue, averageUtilization }: MetricTarget, path: string): FieldError[] {
  const typePath = child(path, "type");
  const errors: FieldError[] = [];
  if (type === "") errors.push(required(typePath, "must specify a metric target type"));
  if (!targetTypes.includes(type)) errors.push(invalidValue(typePath, type, "must be either Utilization, Value, or AverageValue"));
  errors.push(...validatePositive(value, child(path, "value")), ...validatePositive(averageValue, child(path, "averageValue")));
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalidValue(child(path, "averageUtilization"), averageUtilization, "must be greater than 0"));
  }
  return errors;
}

/** Every error of a target that is a share of what pods request, or an amount: one of the two. */
export function validateResourceTarget(target: MetricTarget, path: string): FieldError[] {
  const { averageUtilization, averageValue } = target;
  const errors = validateTarget(target, path);
  if (averageUtilization === undefined && averageValue === undefined) {
    errors.push(required(child(path, "averageUtilization"), "must set either a target raw value or a target utilization"));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.push(forbiddenField(child(path, "averageValue"), "may not set both a target raw value and a target utilization"));
  }
  return errors;
}

/** Every error of what a metric is called, and which of its series count. */
export function validateIdentifier(metric: MetricIdentifier | undefined, path: string): FieldError[] {
  const { name, selector } = metric ?? MetricIdentifier.fromPartial({});
  return [
    ...validatePathSegment(name, "must specify a metric name", child(path, "name")),
    ...(selector === undefined ? [] : validateLabelSelector(selector, child(path, "selector"))),
  ];
}

/** Whether an amount is above nothing. */
export function isPositive(quantity: Quantity | undefined): boolean {
  const text = quantity?.string ?? "";
  return isQuantity(text) && parseQuantity(text) > 0;
}

function validatePositive(quantity: Quantity | undefined, path: string): FieldError[] {
  if (quantity === undefined || isPositive(quantity)) return [];
  const text = quantity.string ?? "";
  return [invalidValue(path, text, isQuantity(text) ? "must be positive" : quantityMessage)];
}
