/** What a field of a schedule may hold. */
export interface CronField {
  readonly min: number;
  readonly max: number;
  /** Words for numbers, from `min` on. */
  readonly names?: readonly string[];
}

/**
 * Reads one field of a schedule: numbers, names, ranges and steps, joined by commas.
 * @throws RangeError that says what is wrong, in the words that people of cron know
 */
export function parseCronField(text: string, field: CronField): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",").filter((piece) => piece !== "")) {
    const { start, end, step } = parseRange(part, field);
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function parseRange(text: string, field: CronField): Range {
  const [span = "", stepText, ...more] = text.split("/");
  const limits = parseLimits(span, text, field);
  if (more.length > 0) throw new RangeError(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText, text);
  // A single number with a step means from there on.
  const isOpen = stepText !== undefined && !span.includes("-");
  const range = { start: limits.start, end: isOpen ? field.max : limits.end, step };
  checkRange(range, text, field);
  return range;
}

function parseLimits(span: string, text: string, field: CronField): { start: number; end: number } {
  const [low = "", high, ...more] = span.split("-");
  if (low === "*" || low === "?") return { start: field.min, end: field.max };
  const start = parseValue(low, text, field);
  if (more.length > 0) throw new RangeError(`too many hyphens: ${text}`);
  return { start, end: high === undefined ? start : parseValue(high, text, field) };
}

function checkRange({ start, end, step }: Range, text: string, { min, max }: CronField): void {
  if (start < min) throw new RangeError(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) throw new RangeError(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) throw new RangeError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new RangeError(`step of range should be a positive number: ${text}`);
}

function parseValue(word: string, text: string, { min, names = [] }: CronField): number {
  const place = names.indexOf(word.toLowerCase());
  return place < 0 ? parseNumber(word, text) : place + min;
}

function parseNumber(word: string, text: string): number {
  if (/^-\d+$/.test(word)) throw new RangeError(`negative number (${word}) not allowed: ${text}`);
  if (!/^\+?\d{1,18}$/.test(word)) {
    throw new RangeError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`);
  }
  return Number(word);
}
