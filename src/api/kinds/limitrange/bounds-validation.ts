import type { LimitRangeItem } from "../../../gen/howbernetes/core/v1/limit_range.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import type { FieldError } from "../../errors.js";
import { invalidValue } from "../../validation/field-error.js";
import { child, entry } from "../../validation/field-path.js";
import { isOvercommitAllowed } from "../../validation/resource-names.js";
import { parseQuantity } from "../../values/quantity.js";

/** A quantity as written, and as a number. */
interface Amount {
  readonly text: string;
  readonly value: number;
}

/** What is said of one resource; what is not said is absent. */
interface Bounds {
  readonly min: Amount | undefined;
  readonly max: Amount | undefined;
  readonly limit: Amount | undefined;
  readonly request: Amount | undefined;
  readonly ratio: Amount | undefined;
}

/** Two amounts of which the first may not be greater, and how it is said where the second one's field is to blame. */
interface Order {
  readonly low: Amount | undefined;
  readonly high: Amount | undefined;
  readonly field: keyof LimitRangeItem;
  readonly shown: Amount | undefined;
  readonly words: readonly [low: string, high: string];
}

/** Every contradiction among an item's readable quantities: min ≤ defaultRequest ≤ default ≤ max, and ratios that can be kept. */
export function validateBounds(item: LimitRangeItem, path: string): FieldError[] {
  const isPod = item.type === "Pod";
  const names = new Set([item.max, item.min, ...(isPod ? [] : [item.default, item.defaultRequest])].flatMap((map) => Object.keys(map)));
  return [...names].flatMap((name) => {
    const bounds: Bounds = {
      min: amountOf(item.min[name]),
      max: amountOf(item.max[name]),
      limit: isPod ? undefined : amountOf(item.default[name]),
      request: isPod ? undefined : amountOf(item.defaultRequest[name]),
      ratio: amountOf(item.maxLimitRequestRatio[name]),
    };
    const at = (field: keyof LimitRangeItem): string => entry(child(path, field), name);
    return [...validateOrder(bounds, at), ...validateRatio(bounds, at), ...validateEqual(name, bounds, at)];
  });
}

function amountOf(quantity: Quantity | undefined): Amount | undefined {
  const text = quantity?.string;
  return text === undefined ? undefined : { text, value: parseQuantity(text) };
}

type PathOf = (field: keyof LimitRangeItem) => string;

function validateOrder({ min, max, limit, request }: Bounds, at: PathOf): FieldError[] {
  const orders: readonly Order[] = [
    { low: min, high: max, field: "min", shown: min, words: ["min value", "max value"] },
    { low: min, high: request, field: "defaultRequest", shown: request, words: ["min value", "default request value"] },
    { low: request, high: max, field: "defaultRequest", shown: request, words: ["default request value", "max value"] },
    { low: request, high: limit, field: "defaultRequest", shown: request, words: ["default request value", "default limit value"] },
    { low: min, high: limit, field: "default", shown: min, words: ["min value", "default value"] },
    { low: limit, high: max, field: "default", shown: max, words: ["default value", "max value"] },
  ];
  return orders.flatMap(({ low, high, field, shown, words: [lowWord, highWord] }) => {
    if (low === undefined || high === undefined || low.value <= high.value) return [];
    return [invalidValue(at(field), shown?.text, `${lowWord} ${low.text} is greater than ${highWord} ${high.text}`)];
  });
}

function validateRatio({ ratio, min, max }: Bounds, at: PathOf): FieldError[] {
  if (ratio === undefined) return [];
  const path = at("maxLimitRequestRatio");
  const errors = ratio.value < 1 ? [invalidValue(path, ratio.text, `ratio ${ratio.text} is less than 1`)] : [];
  if (min === undefined || max === undefined) return errors;
  const largest = max.value / min.value;
  if (ratio.value > largest) {
    errors.push(invalidValue(path, ratio.text, `ratio ${ratio.text} is greater than max/min = ${largest.toFixed(6)}`));
  }
  return errors;
}

/** Of what cannot be overcommitted a container gets exactly what it requests. */
function validateEqual(name: string, { limit, request }: Bounds, at: PathOf): FieldError[] {
  if (isOvercommitAllowed(name) || limit === undefined || request === undefined || limit.value === request.value) return [];
  const detail = `default value ${limit.text} must equal to defaultRequest value ${request.text} in ${name}`;
  return [invalidValue(at("defaultRequest"), request.text, detail)];
}
