import type { Revision } from "../../storage/interface.js";

interface Mark {
  readonly atMs: number;
  readonly revision: Revision;
}

/** Remembers which revision the store had when, to tell what history is old enough to drop. Times are monotonic. */
export class HistoryMarks {
  private marks: Mark[] = [];

  add(atMs: number, revision: Revision): void {
    this.marks.push({ atMs, revision });
  }

  /** The newest revision that was the present at least `ageMs` ago; undefined when none is known. Forgets all before it. */
  olderThan(ageMs: number, nowMs: number): Revision | undefined {
    const index = this.marks.findLastIndex(({ atMs }) => nowMs - atMs >= ageMs);
    if (index < 0) return undefined;
    this.marks = this.marks.slice(index);
    return this.marks[0]?.revision;
  }
}
