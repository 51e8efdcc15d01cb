import type { Json } from "../../api/codec/json-values.js";
import { isObject } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";
import { parseFilter } from "./json-path-filter.js";

/** Finds values in JSON. @throws UsageError when an index lies outside a list, or a filter compares what cannot be */
export type JsonPath = (root: Json) => readonly Json[];

type Step = (value: Json) => readonly Json[];

/**
 * Compiles the part of kubectl's JSONPath that names values: `{.status.phase}`, `.spec.containers[0].image`,
 * `.metadata.labels['app']`, `.metadata.labels.app\.kubernetes\.io/name`, `[0:2]`, `[0:6:2]`, `[0,2]`, `['a','b']`, `[*]`,
 * `..image`, and filters as `[?(@.type=="Ready")]` with `==`, `!=`, `<`, `<=`, `>`, `>=` or a mere path. Braces and the
 * leading dot may be left out.
 *
 * @throws UsageError when the text is not such a path
 */
export function parseJsonPath(text: string): JsonPath {
  const body = text
    .trim()
    .replace(/^\{(.*)\}$/s, "$1")
    .trim()
    .replace(/^[$@](?=$|[.[])/, "");
  const steps: Step[] = [];
  let rest = body === "" || body.startsWith(".") || body.startsWith("[") ? body : `.${body}`;
  while (rest !== "") {
    const parsed = parseStep(rest);
    if (parsed === undefined) throw new UsageError(`error parsing jsonpath ${text}: unexpected "${rest}"`);
    steps.push(parsed.step);
    rest = rest.slice(parsed.length);
  }
  return (root) => steps.reduce<readonly Json[]>((values, step) => values.flatMap(step), [root]);
}

const quotedName = String.raw`(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")`;

const patterns: readonly { readonly pattern: RegExp; make(match: RegExpExecArray): Step }[] = [
  { pattern: /^\.(?=\.[^.[])/, make: () => descendants },
  { pattern: /^\.?\[\*\]|^\.\*/, make: () => members },
  { pattern: /^\.((?:\\.|[^.[\]\\\s])+)/, make: ([, name = ""]) => member(unescaped(name)) },
  {
    pattern: new RegExp(String.raw`^\.?\[\s*(${quotedName}(?:\s*,\s*${quotedName})*)\s*\]`),
    make: ([, names = ""]) => union([...names.matchAll(new RegExp(quotedName, "g"))].map(([name]) => member(unescaped(name.slice(1, -1))))),
  },
  {
    pattern: /^\.?\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]/,
    make: ([, indexes = ""]) => union(indexes.split(",").map((index) => elementAt(Number(index)))),
  },
  {
    pattern: /^\.?\[(-?\d*):(-?\d*)(?::(\d*))?\]/,
    make: ([, from = "", to = "", step = ""]) => slice(numberIn(from), numberIn(to), numberIn(step) ?? 1),
  },
  {
    pattern: /^\.?\[\?\(((?:'[^']*'|"[^"]*"|[^)'"])*)\)\]/,
    make: ([, condition = ""]) => {
      const holds = parseFilter(condition, parseJsonPath);
      return (value) => filtered(value, holds);
    },
  },
  { pattern: /^\.$/, make: () => (value) => [value] },
];

const numberIn = (text: string): number | undefined => (text === "" ? undefined : Number(text));
const unescaped = (text: string): string => text.replace(/\\(.)/g, "$1");

function parseStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  for (const { pattern, make } of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return { step: make(match), length: match[0].length };
  }
  return undefined;
}

const union =
  (steps: readonly Step[]): Step =>
  (value) =>
    steps.flatMap((step) => step(value));

const member =
  (name: string): Step =>
  (value) => {
    const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return found === undefined ? [] : [found];
  };

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const elementAt =
  (index: number): Step =>
  (value) => {
    if (!isList(value)) return [];
    const found = value.at(index);
    if (found === undefined) throw outOfBounds(index, value.length);
    return [found];
  };

const members: Step = (value) => {
  if (isList(value)) return value;
  return isObject(value) ? Object.values(value) : [];
};

const slice =
  (from: number | undefined, to: number | undefined, step: number): Step =>
  (value) => {
    if (!isList(value)) return [];
    const { length } = value;
    const start = (from ?? 0) < 0 ? length + (from ?? 0) : (from ?? 0);
    const end = to === undefined ? length : to < 0 ? length + to : to;
    if (start === end) return [];
    if (start >= length || start < 0) throw outOfBounds(start, length);
    if (end > length || end < 0) throw outOfBounds(end - 1, length);
    if (start > end) throw new UsageError(`error executing jsonpath: starting index ${start} is greater than ending index ${end}`);
    return value.slice(start, end).filter((_element, index) => index % Math.max(1, step) === 0);
  };

function outOfBounds(index: number, length: number): UsageError {
  return new UsageError(`error executing jsonpath: array index out of bounds: index ${index}, length ${length}`);
}

/** The value and everything below it. */
const descendants: Step = (value) => [value, ...members(value).flatMap(descendants)];

function filtered(value: Json, holds: (element: Json) => boolean): readonly Json[] {
  if (isList(value)) return value.filter(holds);
  throw new UsageError(`error executing jsonpath: ${jsonPathText(value)} is not array or slice and cannot be filtered`);
}

/** A found value as text: strings bare, everything else as JSON. */
export function jsonPathText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
