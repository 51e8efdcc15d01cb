interface Interval {
  readonly first: number;
  readonly last: number;
}

/**
 * Completion indexes as a Job's status lists them ("0,3-5,9"): intervals that rise and do not touch, so that a hundred
 * thousand of them may cost as much as one. Never changes.
 */
export class IndexSet {
  static readonly empty = new IndexSet([]);

  private constructor(private readonly intervals: readonly Interval[]) {}

  static of(indexes: Iterable<number>): IndexSet {
    return new IndexSet(merged([...indexes].map((index) => ({ first: index, last: index }))));
  }

  /** Reads a status's list. Indexes from `limit` on, which a Job has had before it shrank, are left out; so is what is none. */
  static parse(text: string, limit: number): IndexSet {
    const intervals = text.split(",").flatMap((part): Interval[] => {
      const match = /^(\d+)(?:-(\d+))?$/.exec(part);
      if (match === null) return [];
      const first = Number(match[1]);
      const last = Math.min(Number(match[2] ?? match[1]), limit - 1);
      return first > last ? [] : [{ first, last }];
    });
    return new IndexSet(merged(intervals));
  }

  get size(): number {
    return this.intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    return this.intervals.some(({ first, last }) => first <= index && index <= last);
  }

  union(other: IndexSet): IndexSet {
    return new IndexSet(merged([...this.intervals, ...other.intervals]));
  }

  /** How many indexes are in both. */
  sharedWith(other: IndexSet): number {
    return this.size + other.size - this.union(other).size;
  }

  /** The lowest `count` indexes below `limit` that are not in it. */
  lowestMissing(count: number, limit: number): readonly number[] {
    const missing: number[] = [];
    let candidate = 0;
    for (const { first, last } of [...this.intervals, { first: limit, last: limit }]) {
      for (; candidate < Math.min(first, limit) && missing.length < count; candidate++) missing.push(candidate);
      candidate = Math.max(candidate, last + 1);
    }
    return missing;
  }

  /** As the status has it: two neighbours are listed, three are an interval. */
  toString(): string {
    const text = ({ first, last }: Interval): string => (first === last ? `${first}` : `${first}${last === first + 1 ? "," : "-"}${last}`);
    return this.intervals.map(text).join(",");
  }
}

function merged(intervals: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before === undefined || next.first > before.last + 1) result.push(next);
    else result[result.length - 1] = { first: before.first, last: Math.max(before.last, next.last) };
  }
  return result;
}
