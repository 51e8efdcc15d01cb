import type { Clock } from "../base/clock.js";

/** How many may come at once, and after how long there is room for one more. */
export interface AllowanceOptions {
  readonly burst: number;
  readonly refillMs: number;
}

/** Bounds how often something may be told: a burst, and then one each so often. */
export class EventAllowance {
  private left: number;
  private countedAtMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly options: AllowanceOptions,
  ) {
    this.left = options.burst;
    this.countedAtMs = clock.monotonicMs();
  }

  /** Whether one more may be told now; it then counts as told. */
  take(): boolean {
    const { burst, refillMs } = this.options;
    const refills = Math.floor((this.clock.monotonicMs() - this.countedAtMs) / refillMs);
    this.countedAtMs += refills * refillMs;
    this.left = Math.min(burst, this.left + refills);
    if (this.left === 0) return false;
    this.left -= 1;
    return true;
  }
}
