import type { Json } from "../../api/codec/json-values.js";
import { UsageError } from "../usage-error.js";

type Find = (value: Json) => readonly Json[];
type Scalar = string | number | boolean;

const comparisons: Readonly<Record<string, (left: Scalar, right: Scalar) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

/**
 * Compiles a filter's condition: `@.a=="x"`, `@.a < 3`, `@.a == @.b`, or `@.a`, which holds when there is one. `parsePath`
 * is what reads the paths in it.
 *
 * @throws UsageError when it is none; its result throws one when it compares values of different types
 */
export function parseFilter(condition: string, parsePath: (text: string) => Find): (element: Json) => boolean {
  const match = /^((?:'[^']*'|"[^"]*"|[^'"=!<>])*)(==|!=|<=|>=|<|>)(.*)$/s.exec(condition);
  if (match === null) {
    const find = parseOperand(condition, parsePath);
    return (element) => find(element).length > 0;
  }
  const [, left = "", operator = "", right = ""] = match;
  const compare = comparisons[operator];
  const findLeft = parseOperand(left, parsePath);
  const findRight = parseOperand(right, parsePath);
  return (element) => {
    const [leftValue, rightValue] = [single(findLeft(element)), single(findRight(element))];
    if (leftValue === undefined || rightValue === undefined) return false;
    return compare?.(...comparable(leftValue, rightValue)) === true;
  };
}

function parseOperand(text: string, parsePath: (text: string) => Find): Find {
  const operand = text.trim();
  const [, double, quoted] = /^(?:"(.*)"|'(.*)')$/s.exec(operand) ?? [];
  const literal = double ?? quoted;
  if (literal !== undefined) return () => [literal];
  if (operand === "true" || operand === "false") return () => [operand === "true"];
  if (/^-?\d+(\.\d+)?$/.test(operand)) return () => [Number(operand)];
  if (/^[@$]/.test(operand)) return parsePath(operand);
  throw new UsageError(`error parsing jsonpath: unexpected "${operand}" in a filter; texts stand in quotes`);
}

function single(values: readonly Json[]): Json | undefined {
  if (values.length > 1) throw new UsageError("error executing jsonpath: can only compare one element at a time");
  return values[0];
}

function comparable(left: Json, right: Json): [Scalar, Scalar] {
  const isScalar = (value: Json): value is Scalar => ["string", "number", "boolean"].includes(typeof value);
  if (isScalar(left) && isScalar(right) && typeof left === typeof right) return [left, right];
  throw new UsageError("error executing jsonpath: incompatible types for comparison");
}
