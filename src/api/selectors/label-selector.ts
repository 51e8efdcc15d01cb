import type { LabelSelector as LabelSelectorMessage } from "../../gen/howbernetes/meta/v1/values.js";
import { badRequest } from "../errors.js";

/** A compiled label selector. */
export interface LabelSelector {
  /** It selects everything. */
  readonly empty: boolean;
  matches(labels: Readonly<Record<string, string>>): boolean;
}

type Operator = "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** Selects everything. */
export const everything: LabelSelector = { empty: true, matches: () => true };
const nothing: LabelSelector = { empty: false, matches: () => false };

/**
 * Compiles the selector language of `kubectl -l`: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`,
 * `a>1`, `a<1`, joined by commas. Empty text selects everything.
 *
 * @throws ApiError BadRequest on anything else
 */
export function parseLabelSelector(text: string): LabelSelector {
  return compile(splitRequirements(text).map(parseRequirement));
}

/** Compiles the selector of an object. As in Kubernetes, an absent one selects nothing and an empty one everything. */
export function compileLabelSelector(message: LabelSelectorMessage | undefined): LabelSelector {
  return message === undefined ? nothing : compile(requirementsOf(message));
}

/** The selector of an object in the language of `kubectl -l`. */
export function formatLabelSelector(message: LabelSelectorMessage | undefined): string {
  return message === undefined ? "<none>" : requirementsOf(message).map(format).join(",");
}

function requirementsOf({ matchLabels, matchExpressions }: LabelSelectorMessage): Requirement[] {
  const labels = Object.entries(matchLabels).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...labels.map(([key, value]): Requirement => ({ key, operator: "In", values: [value] })),
    ...matchExpressions.map(({ key = "", operator = "", values }) => ({ key, operator: operator as Operator, values })),
  ];
}

function compile(requirements: readonly Requirement[]): LabelSelector {
  if (requirements.length === 0) return everything;
  const [first, ...others] = requirements.map(compileRequirement);
  if (first === undefined || others.length === 0) return { empty: false, matches: first ?? everything.matches };
  return { empty: false, matches: (labels) => first(labels) && others.every((isMet) => isMet(labels)) };
}

type Test = LabelSelector["matches"];

/** Lists ask for each of thousands of objects: the most frequent requirement, `key=value`, is one comparison. */
function compileRequirement(requirement: Requirement): Test {
  const { key, operator, values } = requirement;
  const [value] = values;
  if (operator === "In" && values.length === 1) return (labels) => labels[key] === value && Object.hasOwn(labels, key);
  return (labels) => isMet(requirement, labels);
}

function isMet({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return isInteger(value) && Number(value) > Number(values[0]);
    case "Lt":
      return isInteger(value) && Number(value) < Number(values[0]);
    default:
      // An operator that validation did not know must never widen what is selected.
      return false;
  }
}

const isInteger = (value: string | undefined): boolean => value !== undefined && /^-?\d+$/.test(value);

/** Splits at commas that stand outside parentheses. */
function splitRequirements(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")") depth--;
    if (depth < 0) throw unparsable(text);
    if (text[at] !== "," || depth > 0) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  if (depth > 0) throw unparsable(text);
  parts.push(text.slice(start));
  return parts.length === 1 && text.trim() === "" ? [] : parts;
}

const keyPattern = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

function parseRequirement(part: string): Requirement {
  const text = part.trim();
  const set = /^(\S+)\s+(in|notin)\s*\((.*)\)$/.exec(text);
  if (set !== null) {
    const values = (set[3] ?? "").split(",").map((value) => value.trim());
    return checked({ key: set[1] ?? "", operator: set[2] === "in" ? "In" : "NotIn", values }, text);
  }
  const comparison = /^([^\s!=<>]+)\s*(==|=|!=|>|<)\s*(\S*)$/.exec(text);
  if (comparison !== null) {
    const [, key = "", sign = "", value = ""] = comparison;
    const operator = sign === "!=" ? "NotIn" : sign === ">" ? "Gt" : sign === "<" ? "Lt" : "In";
    return checked({ key, operator, values: [value] }, text);
  }
  const absent = text.startsWith("!");
  return checked({ key: absent ? text.slice(1).trim() : text, operator: absent ? "DoesNotExist" : "Exists", values: [] }, text);
}

function checked(requirement: Requirement, text: string): Requirement {
  const { key, operator, values } = requirement;
  if (!keyPattern.test(key) || key.length > 317) throw unparsable(text);
  if (!values.every((value) => valuePattern.test(value) && value.length <= 63)) throw unparsable(text);
  if ((operator === "Gt" || operator === "Lt") && !isInteger(values[0])) throw unparsable(text);
  return requirement;
}

const unparsable = (text: string): Error => badRequest(`unable to parse requirement: ${JSON.stringify(text)} is not a label selector`);

function format({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "In":
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${[...values].sort().join(",")})`;
    case "NotIn":
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${[...values].sort().join(",")})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    case "Gt":
      return `${key}>${values[0]}`;
    default:
      return `${key}<${values[0]}`;
  }
}
