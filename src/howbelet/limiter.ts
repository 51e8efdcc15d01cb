import { abortError, throwIfAborted } from "../base/abort.js";

interface Waiting {
  readonly priority: number;
  readonly start: () => void;
}

/**
 * Lets at most `slots` tasks run at once. Those that wait go by priority, lower first, then in the order in which they
 * came.
 */
export class Limiter {
  private readonly waiting: Waiting[] = [];
  private running = 0;

  constructor(private readonly slots: number) {}

  /** Runs `task` as soon as there is a slot; rejects with an abort error when `signal` fires while it waits. */
  async run<T>(priority: number, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.acquire(priority, signal);
    try {
      return await task();
    } finally {
      this.release();
    }
  }

  private async acquire(priority: number, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.running < this.slots) {
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

  /** Hands the slot on, or gives it back. */
  private release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next.start();
  }
}
