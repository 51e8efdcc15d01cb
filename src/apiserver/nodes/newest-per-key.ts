import { abortable, type Deferred, deferred } from "../../base/abort.js";

/**
 * A queue in which a newer value takes the place of an older one of its key: it holds at most one value a key, so a
 * slow taker makes values newer, not the queue longer.
 *
 * Invariants: keys are taken in the order in which they became pending; a key that was taken is not taken again
 * before `done`; what was put meanwhile waits for that.
 */
export class NewestPerKey<T> {
  private readonly pending = new Map<string, T>();
  private readonly taken = new Set<string>();
  private changed: Deferred<void> = deferred();

  /** How many keys wait. */
  get size(): number {
    return this.pending.size;
  }

  /** Nothing waits and nothing is being worked on. */
  get idle(): boolean {
    return this.pending.size === 0 && this.taken.size === 0;
  }

  put(key: string, value: T): void {
    this.pending.set(key, value);
    this.announce();
  }

  /** Puts a value back that could not be dealt with, unless a newer one has come. */
  putBack(key: string, value: T): void {
    if (!this.pending.has(key)) this.pending.set(key, value);
    this.announce();
  }

  /** The next key that nobody works on, with its newest value. Waits; rejects with an abort error when `signal` fires. */
  async take(signal: AbortSignal): Promise<{ readonly key: string; readonly value: T }> {
    for (;;) {
      for (const [key, value] of this.pending) {
        if (this.taken.has(key)) continue;
        this.pending.delete(key);
        this.taken.add(key);
        this.announce();
        return { key, value };
      }
      await abortable(this.changed.promise, signal);
    }
  }

  /** Ends the work that `take` began. */
  done(key: string): void {
    this.taken.delete(key);
    this.announce();
  }

  /** Resolves when fewer than `size` keys wait. */
  async below(size: number, signal: AbortSignal): Promise<void> {
    while (this.pending.size >= size) await abortable(this.changed.promise, signal);
  }

  /** Resolves when nothing waits and nothing is being worked on. */
  async drained(signal: AbortSignal): Promise<void> {
    while (!this.idle) await abortable(this.changed.promise, signal);
  }

  private announce(): void {
    const { changed } = this;
    this.changed = deferred();
    changed.resolve();
  }
}
