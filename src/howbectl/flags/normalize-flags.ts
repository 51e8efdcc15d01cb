import type { Option } from "commander";

/** What kubectl takes a flag for that has values but is given none. */
const valuesWhenBare: Readonly<Record<string, string>> = {
  "--dry-run": "client",
  "--validate": "strict",
  "--cascade": "background",
};

const truth: Readonly<Record<string, boolean>> = { true: true, t: true, "1": true, false: false, f: false, "0": false };

/**
 * Rewrites the forms of flags that kubectl's users write and commander does not read: `-o=yaml` becomes `-o yaml`,
 * `--watch=true` becomes `--watch`, `--watch=false` vanishes, `--wait=false` becomes `--no-wait`, and `--dry-run`
 * without a value becomes `--dry-run=client`. What follows `--` belongs to someone else's command and stays.
 */
export function normalizeFlags(words: readonly string[], options: readonly Option[]): string[] {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const others = end < 0 ? [] : words.slice(end);
  return [...own.flatMap((word) => normalize(word, options)), ...others];
}

function normalize(word: string, options: readonly Option[]): string[] {
  const bare = Object.hasOwn(valuesWhenBare, word) ? valuesWhenBare[word] : undefined;
  if (bare !== undefined && options.some((option) => option.long === word)) return [`${word}=${bare}`];

  const short = /^(-[A-Za-z])=(.*)$/s.exec(word);
  if (short !== null) {
    const flag = options.find((option) => option.short === short[1] && option.isBoolean());
    return flag?.long === undefined ? [short[1] ?? "", short[2] ?? ""] : normalize(`${flag.long}=${short[2] ?? ""}`, options);
  }

  const [, name, text = ""] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
  const value = truth[text.toLowerCase()];
  if (name === undefined || value === undefined) return [word];
  const positive = options.find((option) => option.long === `--${name}` && option.isBoolean());
  const negative = options.find((option) => option.long === `--no-${name}`);
  if (positive !== undefined) return value ? [`--${name}`] : negative === undefined ? [] : [`--no-${name}`];
  if (negative !== undefined) return value ? [] : [`--no-${name}`];
  if (options.some((option) => option.long === `--${name}` && option.negate)) return value ? [`--${name}`] : [];
  return [word];
}
