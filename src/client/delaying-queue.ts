import type { Clock } from "../base/clock.js";

interface Target {
  add(key: string): void;
}

/** A longer timer would fire at once; who comes back after so long and finds it too early asks again. */
const longestTimerMs = 2 ** 31 - 1;

/** Adds keys to a queue later. A key has one pending time, the earliest asked for. */
export class DelayingQueue {
  private readonly pending = new Map<string, { readonly dueMs: number; readonly cancel: () => void }>();

  constructor(
    private readonly target: Target,
    private readonly clock: Clock,
  ) {}

  addAfter(key: string, wantedMs: number): void {
    const delayMs = Math.min(wantedMs, longestTimerMs);
    if (delayMs <= 0) {
      this.target.add(key);
      return;
    }
    const dueMs = this.clock.monotonicMs() + delayMs;
    const present = this.pending.get(key);
    if (present !== undefined && present.dueMs <= dueMs) return;
    present?.cancel();
    const cancel = this.clock.after(delayMs, () => {
      this.pending.delete(key);
      this.target.add(key);
    });
    this.pending.set(key, { dueMs, cancel });
  }
}
