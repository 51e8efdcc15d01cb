import type { Option } from "commander";

/**
 * Rewrites the forms of flags that kubectl's users write and commander does not read: `-o=yaml` becomes `-o yaml`,
 * `--watch=true` becomes `--watch`, `--watch=false` vanishes, and `--wait=false` becomes `--no-wait`.
 * What follows `--` belongs to someone else's command and stays.
 */
export function normalizeFlags(words: readonly string[], options: readonly Option[]): string[] {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const others = end < 0 ? [] : words.slice(end);
  return [...own.flatMap((word) => normalize(word, options)), ...others];
}

function normalize(word: string, options: readonly Option[]): string[] {
  const short = /^(-[A-Za-z])=(.*)$/s.exec(word);
  if (short !== null) return [short[1] ?? "", short[2] ?? ""];

  const [, name, value] = /^--([a-z-]+)=(true|false)$/.exec(word) ?? [];
  if (name === undefined) return [word];
  const positive = options.find((option) => option.long === `--${name}` && option.isBoolean());
  const negative = options.find((option) => option.long === `--no-${name}`);
  if (positive !== undefined) return value === "true" ? [`--${name}`] : [];
  if (negative !== undefined) return value === "false" ? [`--no-${name}`] : [];
  return [word];
}
