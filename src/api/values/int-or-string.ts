import type { IntOrString } from "../../gen/howbernetes/meta/v1/values.js";

const intType = 0;
const stringType = 1;
const percentPattern = /^(\d+)%$/;

/** Makes Kubernetes' IntOrString, all three fields written as Kubernetes writes them. */
export function intOrString(value: number | string): IntOrString {
  return typeof value === "number" ? { type: intType, intVal: value, strVal: "" } : { type: stringType, intVal: 0, strVal: value };
}

/** What an IntOrString holds. */
export function intOrStringValue(value: IntOrString): number | string {
  return value.type === stringType ? (value.strVal ?? "") : (value.intVal ?? 0);
}

/** Whether it holds a percentage such as "25%". */
export function isPercent(value: IntOrString): boolean {
  return percentPattern.test(String(intOrStringValue(value)));
}

/**
 * The number meant: itself, or a percentage of `total`. Kubernetes rounds maxSurge up and maxUnavailable down.
 * Absent is 0. @throws RangeError on a string that is no percentage
 */
export function resolveIntOrPercent(value: IntOrString | undefined, total: number, rounding: "up" | "down"): number {
  if (value === undefined) return 0;
  const held = intOrStringValue(value);
  if (typeof held === "number") return held;
  const percent = percentPattern.exec(held)?.[1];
  if (percent === undefined) throw new RangeError(`neither a number nor a percentage: ${held}`);
  const share = (Number(percent) * total) / 100;
  return rounding === "up" ? Math.ceil(share) : Math.floor(share);
}
