import type { Clock } from "../../base/clock.js";

// Often enough to measure a stall to a fraction of a heartbeat, seldom enough to cost nothing.
const tickMs = 500;
// Timers are late by a few milliseconds also when all is well.
const slackMs = 100;

/**
 * How long this process could not run: its event loop was busy, or the machine suspended it. Silence heard during that
 * time says nothing about who was silent.
 */
export class BlockedTime {
  private accountedMs = 0;
  private lastTickMs: number;
  private cancel: () => void = () => undefined;

  constructor(private readonly clock: Clock) {
    this.lastTickMs = clock.monotonicMs();
  }

  /** Measures until `stop`. */
  start(): void {
    this.lastTickMs = this.clock.monotonicMs();
    this.arm();
  }

  stop(): void {
    this.cancel();
  }

  /** Blocked time since the start, a stall that is only just over included. */
  totalMs(): number {
    return this.accountedMs + this.lateMs();
  }

  private arm(): void {
    this.cancel = this.clock.after(tickMs, () => {
      this.accountedMs += this.lateMs();
      this.lastTickMs = this.clock.monotonicMs();
      this.arm();
    });
  }

  private lateMs(): number {
    const lateMs = this.clock.monotonicMs() - this.lastTickMs - tickMs;
    return lateMs > slackMs ? lateMs : 0;
  }
}
