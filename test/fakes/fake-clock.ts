import type { Clock } from "../../src/base/clock.js";
import { sleepBy } from "../../src/base/sleep.js";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

/**
 * A clock that moves only when told to. `advance` runs what falls due, in order of time, and between two timers lets
 * everything that they set off settle, so that a chain of sleeps plays out as it would in real time.
 */
export class FakeClock implements Clock {
  private readonly timers = new Set<Timer>();
  private elapsedMs = 0;
  private wallMs: number;
  private nextOrder = 0;

  constructor(startMs = Date.UTC(2030, 0, 1)) {
    this.wallMs = startMs;
  }

  now(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return sleepBy((wake) => this.after(ms, wake), signal);
  }

  after(ms: number, task: () => void): () => void {
    const timer: Timer = { dueMs: this.elapsedMs + Math.max(0, ms), order: this.nextOrder++, task };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  /** Moves both clocks on by `ms`, running what falls due on the way; resolves when that has settled. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.elapsedMs + ms;
    await settle();
    for (let timer = this.nextDue(targetMs); timer !== undefined; timer = this.nextDue(targetMs)) {
      this.moveTo(Math.max(this.elapsedMs, timer.dueMs));
      this.timers.delete(timer);
      timer.task();
      await settle();
    }
    this.moveTo(targetMs);
  }

  /** Sets the wall clock alone, as an administrator or NTP does. */
  stepWall(ms: number): void {
    this.wallMs += ms;
  }

  /** Moves both clocks on without running anything meanwhile, as for a process that was stopped: what fell due is late. */
  skip(ms: number): void {
    this.moveTo(this.elapsedMs + ms);
  }

  /** How many timers and sleeps are pending. */
  get pending(): number {
    return this.timers.size;
  }

  private nextDue(targetMs: number): Timer | undefined {
    const due = [...this.timers].filter((timer) => timer.dueMs <= targetMs);
    return due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }

  private moveTo(elapsedMs: number): void {
    this.wallMs += elapsedMs - this.elapsedMs;
    this.elapsedMs = elapsedMs;
  }
}

/** Lets promises, and what they start in turn, run until nothing but timers and I/O is left of them. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
