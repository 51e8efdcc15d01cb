import { labelValueProblems, qualifiedNameProblems } from "../../api/validation/names.js";
import { UsageError } from "../usage-error.js";

/** A taint that is to be on a node. */
export interface NewTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** Taints that are to go: those of a key, or the one of a key and an effect. */
export interface TaintRemoval {
  readonly key: string;
  /** "": whatever its effect. */
  readonly effect: string;
}

/** What `taint` is told: which nodes, what to set, what to take away. */
export interface TaintWords {
  readonly resources: readonly string[];
  readonly add: readonly NewTaint[];
  readonly remove: readonly TaintRemoval[];
}

const effects: ReadonlySet<string> = new Set(["NoSchedule", "PreferNoSchedule", "NoExecute"]);
const hint = "See 'howbectl taint -h' for help and examples";

/**
 * Reads `RESOURCE… KEY=VALUE:EFFECT… KEY:EFFECT-… KEY-…`.
 *
 * @throws UsageError in kubectl's words
 */
export function parseTaintWords(words: readonly string[]): TaintWords {
  const first = words.findIndex(isTaint);
  const resources = first < 0 ? words : words.slice(0, first);
  const taints = first < 0 ? [] : words.slice(first);
  const late = taints.find((word) => !isTaint(word));
  if (late !== undefined) throw new UsageError(`all resources must be specified before taint changes: ${late}`);
  if (resources.length === 0) throw new UsageError("one or more resources must be specified as <resource> <name>");
  if (taints.length === 0) throw new UsageError("at least one taint update is required");
  const { add, remove } = readTaints(taints);
  const contradictions = remove.filter((gone) => add.some(({ key, effect }) => key === gone.key && ["", effect].includes(gone.effect)));
  if (contradictions.length > 0) {
    const listed = contradictions.map(({ key, effect }) => `{"${key}":"${effect}"}`).join(", ");
    throw new UsageError(`can not both modify and remove the following taint(s) in the same command: ${listed}`);
  }
  return { resources, add, remove };
}

const isTaint = (word: string): boolean => word.includes("=") || word.includes(":") || word.endsWith("-");

function readTaints(words: readonly string[]): Omit<TaintWords, "resources"> {
  const add: NewTaint[] = [];
  const remove: TaintRemoval[] = [];
  for (const word of words) {
    if (word.endsWith("-")) {
      const { key, effect } = parseTaint(word.slice(0, -1));
      remove.push({ key, effect });
      continue;
    }
    const taint = parseTaint(word);
    if (taint.effect === "") throw invalid(word);
    if (add.some(({ key, effect }) => key === taint.key && effect === taint.effect)) {
      throw new UsageError(`duplicated taints with the same key and effect: {${taint.key} ${taint.value} ${taint.effect} <nil>}`, hint);
    }
    add.push(taint);
  }
  return { add, remove };
}

function parseTaint(word: string): NewTaint {
  const [pair = "", effect, ...more] = word.split(":");
  if (more.length > 0) throw invalid(word);
  if (effect === undefined) return { key: checkedKey(pair, word), value: "", effect: "" };
  if (!effects.has(effect)) throw new UsageError(`invalid taint effect: ${effect}, unsupported taint effect`, hint);
  const [key = "", value = "", ...rest] = pair.split("=");
  if (rest.length > 0) throw invalid(word);
  const problems = labelValueProblems(value);
  if (problems.length > 0) throw invalid(word, problems);
  return { key: checkedKey(key, word), value, effect };
}

function checkedKey(key: string, word: string): string {
  const problems = qualifiedNameProblems(key);
  if (problems.length > 0) throw invalid(word, problems);
  return key;
}

function invalid(word: string, problems: readonly string[] = []): UsageError {
  return new UsageError([`invalid taint spec: ${word}`, problems.join("; ")].filter((part) => part !== "").join(", "), hint);
}
