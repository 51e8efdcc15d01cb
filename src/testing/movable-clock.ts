import type { Clock } from "../base/clock.js";
import { longTimeout } from "../base/long-timeout.js";
import { sleepBy } from "../base/sleep.js";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
  cancel: () => void;
}

/**
 * The machine's clock, which a test can move on. Time passes by itself, as calls and streams need it; `advance` adds to
 * it at once, as if every process of the cluster had been suspended for so long: what fell due meanwhile runs late, once
 * each, in the order in which it fell due.
 */
export class MovableClock implements Clock {
  private offsetMs = 0;
  private order = 0;
  private readonly timers = new Set<Timer>();

  now(): number {
    return Date.now() + this.offsetMs;
  }

  monotonicMs(): number {
    return performance.now() + this.offsetMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepBy((wake) => this.after(ms, wake), signal);
  }

  after(ms: number, task: () => void): () => void {
    const timer: Timer = { dueMs: this.monotonicMs() + ms, order: this.order++, task, cancel: () => undefined };
    this.timers.add(timer);
    this.arm(timer);
    return () => this.drop(timer);
  }

  /** Moves the time on by `ms`. What falls due has run when it returns, but not what that has set off. */
  advance(ms: number): void {
    this.offsetMs += ms;
    const nowMs = this.monotonicMs();
    const inOrder = [...this.timers].sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    for (const timer of inOrder) {
      // One of those before it may have cancelled it.
      if (!this.timers.has(timer)) continue;
      timer.cancel();
      if (timer.dueMs <= nowMs) this.fire(timer);
      else this.arm(timer);
    }
  }

  private arm(timer: Timer): void {
    timer.cancel = longTimeout(Math.max(0, timer.dueMs - this.monotonicMs()), () => this.fire(timer), false);
  }

  private fire(timer: Timer): void {
    this.drop(timer);
    timer.task();
  }

  private drop(timer: Timer): void {
    timer.cancel();
    this.timers.delete(timer);
  }
}
