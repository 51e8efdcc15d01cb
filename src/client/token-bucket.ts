import type { Clock } from "../base/clock.js";

/** How much may happen: `burst` at once, and `perSecond` in the long run. */
export interface TokenBucketOptions {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket that is full at first, holds `burst` tokens and gets `perSecond` new ones a second. */
export class TokenBucket {
  private tokens: number;
  private countedMs: number;

  constructor(
    private readonly clock: Pick<Clock, "monotonicMs">,
    private readonly options: TokenBucketOptions,
  ) {
    this.tokens = options.burst;
    this.countedMs = clock.monotonicMs();
  }

  /** Takes a token if there is one. */
  tryTake(): boolean {
    this.fill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Takes a token, be it one that is yet to come. @returns how long until it is there */
  reserveMs(): number {
    this.fill();
    this.tokens -= 1;
    return this.tokens >= 0 ? 0 : (-this.tokens / this.options.perSecond) * 1000;
  }

  private fill(): void {
    const nowMs = this.clock.monotonicMs();
    const { perSecond, burst } = this.options;
    this.tokens = Math.min(burst, this.tokens + ((nowMs - this.countedMs) / 1000) * perSecond);
    this.countedMs = nowMs;
  }
}
