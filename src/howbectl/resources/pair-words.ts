import { UsageError } from "../usage-error.js";

/** What `label` and `annotate` are told: which objects, what to set, what to take away. */
export interface PairWords {
  readonly resources: readonly string[];
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
  /** The words that are pairs, as written. */
  readonly pairs: readonly string[];
}

/**
 * Reads `RESOURCE… KEY=VALUE… KEY-…`.
 *
 * @param type "label" or "annotation", for messages
 * @throws UsageError on a resource after the first pair
 */
export function parsePairWords(words: readonly string[], type: "label" | "annotation"): PairWords {
  const first = words.findIndex(isPair);
  const resources = first < 0 ? words : words.slice(0, first);
  const pairs = first < 0 ? [] : words.slice(first);
  const late = pairs.find((word) => !isPair(word));
  if (late !== undefined) throw new UsageError(`all resources must be specified before ${type} changes: ${late}`);
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals > 0) set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else remove.push(pair.slice(0, -1));
  }
  return { resources, set, remove, pairs };
}

const isPair = (word: string): boolean => word.indexOf("=") > 0 || (word.endsWith("-") && word !== "-");

/** What of `set` an object has already with another value, as `'app' already has a value (web)`. */
export function overwritten(set: ReadonlyMap<string, string>, present: Readonly<Record<string, string>>): string[] {
  return [...set].flatMap(([key, value]) => {
    const before = Object.hasOwn(present, key) ? present[key] : undefined;
    return before === undefined || before === value ? [] : [`'${key}' already has a value (${before})`];
  });
}
