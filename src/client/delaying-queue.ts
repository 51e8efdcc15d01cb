import type { Clock } from "../base/clock.js";

interface Target {
  add(key: string): void;
}

/** Adds keys to a queue later. A key has one pending time, the earliest asked for. */
export class DelayingQueue {
  private readonly pending = new Map<string, { readonly dueMs: number; readonly cancel: () => void }>();

  constructor(
    private readonly target: Target,
    private readonly clock: Clock,
  ) {}

  addAfter(key: string, delayMs: number): void {
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
