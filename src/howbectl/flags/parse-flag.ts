import { InvalidArgumentError } from "commander";

/** Reads a whole number that is not negative. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number`);
  return Number(text);
}

/** Reads a whole number. */
export function parseInteger(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number`);
  return Number(text);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads a duration as "300ms", "30s", "1h30m" or "0" into milliseconds; a leading minus is kept. */
export function parseDurationMs(text: string): number {
  const negative = text.startsWith("-");
  const body = negative ? text.slice(1) : text;
  if (body === "0") return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(body)) {
    throw new InvalidArgumentError(`"${text}" is not a duration: use one such as 30s, 5m or 1h30m`);
  }
  let total = 0;
  for (const [, amount, unit] of body.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  return negative ? -total : total;
}

/** Collects the values of a flag that may be given several times, each a comma-separated list. */
export function collectList(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...text.split(",")];
}

/** Collects the values of a flag that may be given several times, commas and all. */
export function collect(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

/** Makes a reader that admits certain words only. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`"${text}" is not one of ${words.join(", ")}`);
    return word;
  };
}
