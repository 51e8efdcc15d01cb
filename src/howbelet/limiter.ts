import { abortError, throwIfAborted } from "../base/abort.js";
import type { Clock } from "../base/clock.js";

interface Waiting {
  readonly priority: number;
  readonly start: () => void;
}

/** How many tasks run at once, where that is not always the same. */
export interface Slots {
  readonly count: number;
  /** A task has done its work; one that failed may have done none, and tells nothing. `isFull`: others waited for its slot. */
  finished(priority: number, tookMs: number, isFull: boolean): void;
}

/**
 * Lets at most so many tasks run at once. Those that wait go by priority, lower first, then in the order in which they
 * came.
 */
export class Limiter {
  private readonly waiting: Waiting[] = [];
  private readonly slots: Slots;
  private running = 0;

  /** `clock` times the tasks, for slots that learn from it. */
  constructor(
    slots: number | Slots,
    private readonly clock?: Clock,
  ) {
    this.slots = typeof slots === "number" ? { count: slots, finished: () => undefined } : slots;
  }

  /** Runs `task` as soon as there is a slot; rejects with an abort error when `signal` fires while it waits. */
  async run<T>(priority: number, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.acquire(priority, signal);
    const startedAtMs = this.clock?.monotonicMs() ?? 0;
    try {
      const result = await task();
      this.slots.finished(priority, (this.clock?.monotonicMs() ?? 0) - startedAtMs, this.waiting.length > 0);
      return result;
    } finally {
      this.release();
    }
  }

  private async acquire(priority: number, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.running < this.slots.count) {
      this.running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(abortError(signal));
      };
      const start = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const entry: Waiting = { priority, start };
      signal.addEventListener("abort", onAbort, { once: true });
      const later = this.waiting.findIndex((other) => other.priority > priority);
      this.waiting.splice(later < 0 ? this.waiting.length : later, 0, entry);
    });
  }

  /** Hands the slot on, and those that have been added; or gives it back. */
  private release(): void {
    this.running -= 1;
    while (this.running < this.slots.count) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.running += 1;
      next.start();
    }
  }
}
