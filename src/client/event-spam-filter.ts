import type { Clock } from "../base/clock.js";
import { remember } from "./remember.js";
import { TokenBucket, type TokenBucketOptions } from "./token-bucket.js";

/** client-go's: 25 at once, and one every five minutes in the long run, for things that are never well. */
const perObject: TokenBucketOptions = { burst: 25, perSecond: 1 / 300 };

/** Bounds how many Events one source writes about one object. */
export class EventSpamFilter {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly clock: Clock) {}

  /** Whether another may be written. */
  admits(object: string): boolean {
    const bucket = this.buckets.get(object) ?? new TokenBucket(this.clock, perObject);
    remember(this.buckets, object, bucket);
    return bucket.tryTake();
  }
}
