import { type BackoffOptions, backoffMs } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { TokenBucket, type TokenBucketOptions } from "./token-bucket.js";

/** How soon what failed is tried again. */
export interface RetryLimits {
  /** Waits of one key after its failures: 5 ms doubling to 1000 s by default. */
  readonly backoff?: BackoffOptions | undefined;
  /** Retries of all keys together: 100 at once and 10 a second by default. */
  readonly overall?: TokenBucketOptions | undefined;
}

/** Quick enough that a lost race is retried unnoticed; slow enough in the end that a hopeless object costs nothing. */
const defaultBackoff: BackoffOptions = { initialMs: 5, maxMs: 1_000_000, jitter: "none" };
/** client-go's. When everything fails at once, the server that is in trouble is not asked for everything at once again. */
const defaultOverall: TokenBucketOptions = { perSecond: 10, burst: 100 };

/** Says when a key that failed may be tried again: the later of what its own failures and those of all keys ask for. */
export class RetryLimiter {
  private readonly failures = new Map<string, number>();
  private readonly backoff: BackoffOptions;
  private readonly overall: TokenBucket;

  constructor(clock: Clock, limits: RetryLimits) {
    this.backoff = limits.backoff ?? defaultBackoff;
    this.overall = new TokenBucket(clock, limits.overall ?? defaultOverall);
  }

  /** Counts a failure of a key. @returns how long it is to wait */
  waitMs(key: string): number {
    const count = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, count);
    return Math.max(backoffMs(count, this.backoff), this.overall.reserveMs());
  }

  /** The key's next failure is a first one. */
  forget(key: string): void {
    this.failures.delete(key);
  }
}
