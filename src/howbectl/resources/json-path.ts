import type { Json } from "../../api/codec/json-values.js";
import { isObject } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";

/** Finds values in JSON. */
export type JsonPath = (root: Json) => readonly Json[];

type Step = (value: Json) => readonly Json[];

/**
 * Compiles the part of kubectl's JSONPath that names values: `{.status.phase}`, `.spec.containers[0].image`,
 * `.metadata.labels['app']`, `[0:2]`, `[*]`, `..image`, `[?(@.type=="Ready")]` and the same with `!=`. Braces and the leading dot may be left out.
 *
 * @throws UsageError when the text is not such a path
 */
export function parseJsonPath(text: string): JsonPath {
  const body = text
    .trim()
    .replace(/^\{(.*)\}$/s, "$1")
    .replace(/^\$/, "");
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

const patterns: readonly { readonly pattern: RegExp; make(match: RegExpExecArray): Step }[] = [
  { pattern: /^\.(?=\.[^.[])/, make: () => descendants },
  { pattern: /^\.\*|^\[\*\]/, make: () => members },
  { pattern: /^\.((?:\\.|[^.[\]\\])+)/, make: ([, name = ""]) => member(name.replace(/\\(.)/g, "$1")) },
  { pattern: /^\[(?:'([^']*)'|"([^"]*)")\]/, make: ([, single, double]) => member(single ?? double ?? "") },
  { pattern: /^\[(-?\d+)\]/, make: ([, index]) => elementAt(Number(index)) },
  {
    pattern: /^\[(-?\d*):(-?\d*)\]/,
    make: ([, from = "", to = ""]) => slice(from === "" ? 0 : Number(from), to === "" ? undefined : Number(to)),
  },
  {
    pattern: /^\[\?\(@([^=!]*)([=!]=)\s*(?:'([^']*)'|"([^"]*)"|([^)'"]+))\s*\)\]/,
    make: ([, path = "", operator, single, double, bare]) =>
      matching(path.trim(), single ?? double ?? (bare ?? "").trim(), operator === "=="),
  },
  { pattern: /^\.$/, make: () => (value) => [value] },
];

function parseStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  for (const { pattern, make } of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return { step: make(match), length: match[0].length };
  }
  return undefined;
}

const defined = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value]);

const member =
  (name: string): Step =>
  (value) =>
    isObject(value) && Object.hasOwn(value, name) ? defined(value[name]) : [];

const elementAt =
  (index: number): Step =>
  (value) =>
    isList(value) ? defined(value.at(index)) : [];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const members: Step = (value) => {
  if (isList(value)) return value;
  return isObject(value) ? Object.values(value) : [];
};

const slice =
  (from: number, to: number | undefined): Step =>
  (value) =>
    isList(value) ? value.slice(from, to) : [];

/** The value and everything below it. */
const descendants: Step = (value) => [value, ...members(value).flatMap(descendants)];

/** Members whose field equals a text or, where `equal` is false, has another value. */
function matching(path: string, wanted: string, equal: boolean): Step {
  const find = parseJsonPath(path);
  return (value) => members(value).filter((item) => find(item).some((found) => (jsonPathText(found) === wanted) === equal));
}

/** A found value as text: strings bare, everything else as JSON. */
export function jsonPathText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
