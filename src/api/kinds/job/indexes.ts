/** The places of an Indexed Job, as "0,3-5,9" names them. */
interface Indexes {
  readonly count: number;
}

/**
 * Reads places of a Job with `completions` of them: numbers and intervals that rise, joined by commas.
 * @throws RangeError that says what is wrong
 */
export function parseIndexes(text: string, completions: number): Indexes {
  if (text === "") return { count: 0 };
  let count = 0;
  let last: number | undefined;
  for (const interval of text.split(",")) {
    const [first, end] = parseInterval(interval, completions);
    if (last !== undefined && last >= first) throw new RangeError(`non-increasing order, previous: ${last}, current: ${first}`);
    count += end - first + 1;
    last = end;
  }
  return { count };
}

function parseInterval(interval: string, completions: number): readonly [first: number, end: number] {
  const limits = interval.split("-");
  if (limits.length > 2) {
    const detail = "violates the requirement that an index interval can have at most two parts separated by '-'";
    throw new RangeError(`the fragment ${JSON.stringify(interval)} ${detail}`);
  }
  const [first = 0, end = first] = limits.map((limit) => parseIndex(limit, completions));
  if (limits.length === 2 && first >= end) throw new RangeError(`non-increasing order, previous: ${first}, current: ${end}`);
  return [first, end];
}

function parseIndex(text: string, completions: number): number {
  if (!/^\d{1,10}$/.test(text)) throw new RangeError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  const index = Number(text);
  if (index >= completions) throw new RangeError(`too large index: ${JSON.stringify(text)}`);
  return index;
}
