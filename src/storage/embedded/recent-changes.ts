import type { Revision } from "../interface.js";
import type { ChangeEvent } from "./version.js";

interface Limits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** The newest changes, kept in memory within limits: every change after `since`, in order. */
export class RecentChanges {
  #events: ChangeEvent[] = [];
  #bytes = 0;
  #since: Revision;

  constructor(
    since: Revision,
    private readonly limits: Limits,
  ) {
    this.#since = since;
  }

  /** Adds the changes that led to `revision`. */
  add(events: readonly ChangeEvent[], revision: Revision): void {
    this.#events.push(...events);
    for (const event of events) this.#bytes += sizeOf(event);
    // Dropping in halves keeps the cost of each change constant on average.
    if (this.#events.length > this.limits.maxEvents || this.#bytes > this.limits.maxBytes) this.#shrink(revision);
  }

  /** Some `count` changes after `revision`, or undefined when they are not all here. Whole revisions, be it more or fewer. */
  after(revision: Revision, count: number): readonly ChangeEvent[] | undefined {
    if (revision < this.#since) return undefined;
    const start = this.#firstAfter(revision);
    const last = this.#events[start + count - 1];
    return this.#events.slice(start, last === undefined ? undefined : this.#firstAfter(last.revision));
  }

  #shrink(revision: Revision): void {
    let kept = this.#events.length;
    let bytes = 0;
    while (kept > 0) {
      const event = this.#events[kept - 1];
      if (event === undefined || this.#events.length - kept >= this.limits.maxEvents / 2) break;
      if (bytes + sizeOf(event) > this.limits.maxBytes / 2) break;
      bytes += sizeOf(event);
      kept -= 1;
    }
    // A revision whose first changes are dropped is dropped whole.
    const dropped = this.#events[kept - 1];
    this.#since = kept === this.#events.length ? revision : (dropped?.revision ?? this.#since);
    this.#events = this.#events.slice(this.#firstAfter(this.#since));
    this.#bytes = this.#events.reduce((sum, event) => sum + sizeOf(event), 0);
  }

  /** Index of the first event above `revision`, by bisection. */
  #firstAfter(revision: Revision): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.#events[middle];
      if (event !== undefined && event.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sizeOf(event: ChangeEvent): number {
  const value = event.type === "put" ? event.value.length : 0;
  return value + (event.previous?.value.length ?? 0) + event.key.length;
}
